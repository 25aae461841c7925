import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CacheReplay, decodeCacheReplay } from '@wavetune/documents';
import { describe, expect, it } from 'vitest';
import { runCli } from './support/run-cli.ts';
import { scratchFolder } from './support/scratch.ts';

const scratch = scratchFolder('replay-shards');
const POLICIES = ['--policies', 's3-fifo,lru', '--capacities', '10%,200'];

async function replayed(trace: string, ...more: readonly string[]) {
  const { status, stdout, stderr } = await runCli('replay-cache', [
    ...['--trace', trace, ...POLICIES, '--json', ...more],
  ]);
  expect([status, stderr]).toEqual([0, '']);
  return decodeCacheReplay(stdout);
}

/** Requests of three tenants, each line also naming its tenant as its model. */
async function makeTrace(): Promise<{ readonly path: string; readonly lines: readonly string[] }> {
  const plain = join(scratch, 'plain.jsonl');
  const words = ['--requests', '600', '--tenants', '3', '--labels', '--ids', 'u64', '--out', plain];
  expect((await runCli('make-trace', words)).status).toBe(0);
  const lines = readFileSync(plain, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => line.replace(/"tenant":("[^"]*")/, '"tenant":$1,"model":$1'));
  const path = join(scratch, 'trace.jsonl');
  writeFileSync(path, `${lines.join('\n')}\n`);
  return { path, lines };
}

describe('replay-cache --shards', async () => {
  const { path, lines } = await makeTrace();

  it('adds up what each tenant alone would have hit, to the token', async () => {
    const all = await replayed(path, '--shards', 'tenant');
    const byTenant = Map.groupBy(lines, (line) => /"tenant":"([^"]*)"/.exec(line)?.[1] ?? '');
    expect(all.shards).toMatchObject({ by: 'tenant', count: byTenant.size });
    const alone: CacheReplay[] = [];
    for (const [tenant, own] of byTenant) {
      const file = join(scratch, `${tenant}.jsonl`);
      writeFileSync(file, `${own.join('\n')}\n`);
      alone.push(await replayed(file));
    }
    const sum = (of: (one: CacheReplay) => number | null): number =>
      alone.reduce((total, one) => total + (of(one) ?? 0), 0);
    expect(all.ceiling.hitTokens).toBe(sum(({ ceiling }) => ceiling.hitTokens));
    expect(all.window.inputTokens).toBe(sum(({ window }) => window.inputTokens));
    all.results.forEach(({ hitTokens, evictions, capacityBlocks }, i) => {
      expect(hitTokens).toBe(sum(({ results }) => results[i].hitTokens));
      expect(evictions).toBe(sum(({ results }) => results[i].evictions));
      expect(capacityBlocks).toBe(sum(({ results }) => results[i].capacityBlocks));
    });
  });

  it('shards by model as by tenant where they are the same', async () => {
    const [tenants, models] = [
      await replayed(path, '--shards', 'tenant'),
      await replayed(path, '--shards', 'model'),
    ];
    expect(models.results).toEqual(tenants.results);
  });

  it('is the replay of the whole where there is one shard', async () => {
    const [whole, sharded] = [await replayed(path), await replayed(path, '--shards', 'hash:1')];
    expect(sharded.results).toEqual(whole.results);
    expect(sharded.ceiling).toEqual(whole.ceiling);
  });

  it('says how sure it is of one cache where chains are dealt out by hash', async () => {
    const { shards, results } = await replayed(path, '--shards', 'hash:4', '--shard-depth', '3');
    expect(shards).toMatchObject({ by: 'hash', count: 4, depth: 3 });
    for (const { standardError } of results) expect(standardError).toBeGreaterThan(0);
  });

  it('replays some of the parts for a sample', async () => {
    const { shards, trace } = await replayed(path, '--shards', 'hash:4/2');
    expect(shards).toMatchObject({ dealtInto: 4, count: 2 });
    expect(trace.requests).toBeLessThan(lines.length);
  });

  it.each([
    [['--shards', 'region'], 2, '--shards region: accepted are tenant, model, hash:N and hash:N/K'],
    [['--shards', 'tenant', '--why'], 2, '--shards goes with policies'],
  ])('refuses %j', async (words, status, message) => {
    const outcome = await runCli('replay-cache', ['--trace', path, ...words]);
    expect(outcome.status).toBe(status);
    expect(outcome.stderr).toContain(message);
  });

  it('refuses a trace that names nobody', async () => {
    const bare = join(scratch, 'bare.jsonl');
    writeFileSync(bare, '{"timestamp":0,"input_length":512,"output_length":1,"hash_ids":[1]}\n');
    const outcome = await runCli('replay-cache', ['--trace', bare, '--shards', 'model']);
    expect(outcome.status).toBe(1);
    expect(outcome.stderr).toContain('replay-cache.no-shards');
  });
});
