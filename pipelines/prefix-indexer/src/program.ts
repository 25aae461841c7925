import { runProgram } from '@wavetune/cli';
import { compact } from './compact.ts';
import { dump } from './dump.ts';
import { explain } from './explain.ts';
import { ingest } from './ingest.ts';
import { prune } from './prune.ts';
import { serve } from './serve.ts';
import { suggest } from './suggest.ts';
import { verify } from './verify.ts';

/** Runs the command of the command line, and ends the process. */
export function runPrefixIndexer(): Promise<never> {
  return runProgram({
    name: 'prefix-indexer',
    summary:
      'Keeps how popular prompt prefixes are, by tenant and model, and says which of them to warm.',
    commands: [ingest, suggest, explain, dump, prune, compact, verify, serve],
  });
}
