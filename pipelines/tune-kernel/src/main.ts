import { runCommand } from '@wavetune/cli';
import { tuneKernel } from './tune-kernel.ts';

await runCommand(tuneKernel);
