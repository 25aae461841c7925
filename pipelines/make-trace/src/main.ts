import { runCommand } from '@wavetune/cli';
import { makeTrace } from './make-trace.ts';

await runCommand(makeTrace);
