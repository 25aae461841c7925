import { runCommand } from '@wavetune/cli';
import { calibrateKernels } from './calibrate-kernels.ts';

await runCommand(calibrateKernels);
