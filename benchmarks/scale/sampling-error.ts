import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type CacheReplay, decodeCacheReplay } from '@wavetune/documents';
import { rounded } from './capacity-plan.ts';

const BIN = fileURLToPath(new URL('../../bin/replay-cache', import.meta.url));
const CONVERSATION = fileURLToPath(
  new URL('../../../shared/data/mooncake/conversation_trace.jsonl', import.meta.url),
);
const POLICIES = ['--policies', 'lru,s3-fifo', '--capacities', '10%', '--json'];
/** For the constant of the error: so many parts, chosen. */
const PARTS = 32;

/** Standard error of LRU's hit ratio times the square root of the references that it was taken from. */
export async function errorAt(log: string): Promise<number> {
  const { results, trace } = await replayed(log, ['--shards', `hash:${PARTS}`]);
  return (results[0].standardError ?? Number.NaN) * Math.sqrt(trace.blockReferences);
}

/** One cache exactly, and as random parts of the chains tell. */
export async function estimates(log: string): Promise<readonly object[]> {
  const logs = [
    ['generated', log],
    ['conversation', CONVERSATION],
  ].filter(([, path]) => existsSync(path));
  const rows: object[] = [];
  for (const [name, path] of logs) {
    const exact = await replayed(path, ['--measure-from', '0.5']);
    for (const shards of ['hash:4', 'hash:16', 'hash:64', 'hash:64/8']) {
      const { results } = await replayed(path, ['--shards', shards]);
      results.forEach(({ policy, hitRatio, standardError }, i) => {
        const truth = exact.results[i].hitRatio ?? Number.NaN;
        rows.push({
          log: name,
          shards,
          policy,
          'exact, %': rounded(100 * truth),
          'estimate, %': rounded(100 * (hitRatio ?? Number.NaN)),
          'off by, points': rounded(100 * ((hitRatio ?? Number.NaN) - truth)),
          'standard error, points': rounded(100 * (standardError ?? Number.NaN)),
        });
      });
    }
  }
  return rows;
}

async function replayed(log: string, words: readonly string[]): Promise<CacheReplay> {
  const child = spawn(BIN, ['--trace', log, ...POLICIES, ...words], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  for await (const text of child.stdout.setEncoding('utf8')) output += text;
  return decodeCacheReplay(output);
}
