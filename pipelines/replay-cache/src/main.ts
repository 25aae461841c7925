import { runCommand } from '@wavetune/cli';
import { replayCache } from './replay-cache.ts';

await runCommand(replayCache);
