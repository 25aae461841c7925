import { runCommand } from '@wavetune/cli';
import { anonymiseTrace } from './anonymise-trace.ts';

await runCommand(anonymiseTrace);
