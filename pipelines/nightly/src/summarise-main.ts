import { runCommand } from '@wavetune/cli';
import { summarise } from './statistics/summarise.ts';

await runCommand(summarise);
