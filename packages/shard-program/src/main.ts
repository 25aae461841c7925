import { isWavetuneError } from '@wavetune/core';
import {
  decodeQuestion,
  encodePartial,
  mergePartials,
  NO_SHARDS,
  readShards,
  replayShard,
} from '@wavetune/shards';

/**
 * Rows of shards on standard input, one line with their partial result on standard output; a failure is one line on
 * standard error and the status 1 (what the rows have wrong) or 3 (internal).
 */
async function main(): Promise<void> {
  const question = decodeQuestion(process.argv[2] ?? '');
  let sum = NO_SHARDS;
  for await (const shard of readShards(process.stdin, question)) {
    sum = mergePartials(sum, replayShard(shard, question));
  }
  process.stdout.write(`${encodePartial(sum)}\n`);
}

try {
  await main();
} catch (error) {
  const isKnown = isWavetuneError(error);
  process.stderr.write(
    `shard.mjs: ${isKnown || !(error instanceof Error) ? error : error.stack}\n`,
  );
  process.exitCode = isKnown ? 1 : 3;
  process.stdin.destroy();
}
