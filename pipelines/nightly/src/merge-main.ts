import { runCommand } from '@wavetune/cli';
import { mergePartials } from './statistics/merge-partials.ts';

await runCommand(mergePartials);
