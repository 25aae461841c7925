import { runCommand } from '@wavetune/cli';
import { exportWavespec } from './export-wavespec.ts';

await runCommand(exportWavespec);
