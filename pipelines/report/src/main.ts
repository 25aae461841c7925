import { runCommand } from '@wavetune/cli';
import { report } from './report-command.ts';

await runCommand(report);
