import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openLiveIndex, openStore } from '../src/index.ts';
import { openEventLog } from '../src/log/event-log.ts';
import { readFrames } from '../src/log/log-folder.ts';
import { AT, ROW_WIDTH } from '../src/totals/totals-columns.ts';
import { fixedClock } from './support/fixed-clock.ts';
import { killAtRandom } from './support/kill-at-random.ts';
import { hasRedis, startRedis } from './support/redis-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'prefix-index-crash-'));
afterAll(() => rmSync(folder, { recursive: true }));
const KILLS = 25;

describe(`a log, killed ${KILLS} times while it is written`, () => {
  it('holds every acknowledged record once, and can be written again', async () => {
    const place = { folder: join(folder, 'log'), storeId: '0123456789abcdef', after: 0 };
    const acknowledged = new Set<number>();
    let next = 0;
    let found: readonly number[] = [];
    for (let kill = 0; kill < KILLS; kill++) {
      const words = [place.folder, place.storeId, String(next)];
      for (const id of await killAtRandom('append-until-killed.ts', words, 60))
        acknowledged.add(id);
      const ids: number[] = [];
      for await (const { records } of readFrames(place)) {
        ids.push(...records.map((record) => Number.parseInt(Buffer.from(record).toString(), 10)));
      }
      const present = new Set(ids);
      expect(present.size).toBe(ids.length);
      expect([...acknowledged].filter((id) => !present.has(id))).toEqual([]);
      expect(ids.slice(0, found.length)).toEqual(found);
      found = ids;
      next = Math.max(-1, ...ids, ...acknowledged) + 1;
    }
    const log = await openEventLog(place);
    expect(log.lastSequence()).toBeGreaterThan(0);
    await log.close();
    console.log(`log: ${KILLS} kills, ${acknowledged.size} acknowledged, ${found.length} found`);
  });
});

/** Hits of each batch's own prefix, and of the one that all share. */
async function hitsOf(url: string): Promise<ReadonlyMap<string, number>> {
  const hits = new Map<string, number>();
  const store = await openStore({ url, settings: {}, access: 'read' });
  for await (const { rowCount, prefixes, numbers } of store.load()) {
    for (let row = 0; row < rowCount; row++) {
      const before = hits.get(prefixes[row]) ?? 0;
      hits.set(prefixes[row], before + numbers[row * ROW_WIDTH + AT.hits]);
    }
  }
  await store.verify();
  await store.close();
  return hits;
}

describe.each(['jsonl', 'duckdb'])(`a live index over a %s file, killed ${KILLS} times`, (kind) => {
  it('holds every acknowledged batch exactly once', async () => {
    const url = join(folder, `index.${kind}`);
    const made = await openLiveIndex({ storeUrl: url, settings: {}, clock: fixedClock(1e12) });
    await made.close();
    const acknowledged = new Set<number>();
    let next = 0;
    let present = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      for (const id of await killAtRandom('ingest-until-killed.ts', [url, `${next}`], 250)) {
        acknowledged.add(id);
      }
      const hits = await hitsOf(url);
      const own = [...hits].filter(([prefix]) => prefix !== 'shared');
      expect(own.filter(([, count]) => count !== 1)).toEqual([]);
      expect([...acknowledged].filter((id) => !hits.has(`own ${id}`))).toEqual([]);
      expect(hits.get('shared') ?? 0).toBe(own.length);
      present = own.length;
      next = Math.max(-1, ...own.map(([prefix]) => Number(prefix.slice(4))), ...acknowledged) + 1;
    }
    expect(acknowledged.size).toBeGreaterThan(KILLS);
    console.log(`${kind}: ${KILLS} kills, ${acknowledged.size} acknowledged, ${present} present`);
  });
});

const REDIS_KILLS = 10;
describe.skipIf(!hasRedis())(
  `a live index over a Redis that is killed ${REDIS_KILLS} times`,
  () => {
    it('holds every acknowledged batch exactly once', async () => {
      const redis = await startRedis();
      try {
        const url = `${redis.url}/0?namespace=crash`;
        const acknowledged = new Set<number>();
        let next = 0;
        for (let kill = 0; kill < REDIS_KILLS; kill++) {
          const killing = killAtRandom('ingest-until-killed.ts', [url, `${next}`], 250);
          for (const id of await killing) acknowledged.add(id);
          await redis.kill('SIGKILL');
          await redis.start();
          const hits = await hitsOf(url);
          const own = [...hits].filter(([prefix]) => prefix !== 'shared');
          expect(own.filter(([, count]) => count !== 1)).toEqual([]);
          expect([...acknowledged].filter((id) => !hits.has(`own ${id}`))).toEqual([]);
          expect(hits.get('shared') ?? 0).toBe(own.length);
          next =
            Math.max(-1, ...own.map(([prefix]) => Number(prefix.slice(4))), ...acknowledged) + 1;
        }
      } finally {
        await redis.stop();
      }
    });
  },
);
