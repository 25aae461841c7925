import { runCommand } from '@wavetune/cli';
import { replayTuner } from './replay-tuner.ts';

await runCommand(replayTuner);
