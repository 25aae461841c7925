import {
  costedReplayTask,
  hitsTask,
  linkReferences,
  lruDepthsTask,
  trainTables,
} from '@wavetune/cachesim';
import { createRng, NONE, sharedFloat64, sharedUint32, type TraceColumns } from '@wavetune/core';
import { afterAll, describe, expect, it } from 'vitest';
import { createInlinePool, createThreadPool, type Pool } from '../src/index.ts';

const REQUESTS = 600;
const CHAIN = 3;

/** Requests of one root, one of 30 middles and one of 90 leaves. */
function sampleColumns(): TraceColumns {
  const rng = createRng(7);
  const ids = new Map<string, number>();
  const parents: number[] = [];
  const blocks = sharedUint32(REQUESTS * CHAIN);
  const intern = (name: string, parent: number): number => {
    const id = ids.get(name) ?? parents.push(parent) - 1;
    ids.set(name, id);
    return id;
  };
  for (let r = 0; r < REQUESTS; r++) {
    const leaf = Math.floor(90 * rng.nextFloat() ** 2);
    const root = intern('root', NONE);
    const middle = intern(`middle ${leaf % 30}`, root);
    blocks.set([root, middle, intern(`leaf ${leaf}`, middle)], r * CHAIN);
  }
  const filled = (value: number) => sharedUint32(REQUESTS).fill(value);
  const sharedParents = sharedUint32(parents.length);
  sharedParents.set(parents);
  return {
    blockSize: 16,
    offsets: sharedUint32(REQUESTS + 1).map((_, r) => r * CHAIN),
    blocks,
    inputTokens: filled(16 * CHAIN),
    coveredTokens: filled(16 * CHAIN),
    outputTokens: filled(1),
    timeMillis: sharedFloat64(REQUESTS).map((_, r) => 100 * r),
    tenants: filled(0).map((_, r) => r % 3),
    sessions: filled(NONE),
    parents: sharedParents,
  };
}

const two = createThreadPool({ threads: 2 });
const eight = createThreadPool({ threads: 8 });
afterAll(() => Promise.all([two.close(), eight.close()]));

const columns = sampleColumns();
const table = trainTables(columns, 300).full[0].table;
const simulations = ['lru', 'arc', 'optimum', 'w-tinylfu', 'random'].flatMap((policy) =>
  [5, 20, 60].map((capacityBlocks) => ({ policy, capacityBlocks, measureFrom: 300 })),
);
const learned = { policy: 'learned', capacityBlocks: 20, measureFrom: 300, table };
const references = linkReferences(columns.blocks, columns.parents.length);

/** Runs a task everywhere and holds all answers against the inline one. */
async function answersOf(run: (pool: Pool) => Promise<unknown>): Promise<void> {
  const expected = await run(createInlinePool());
  expect(await run(createInlinePool(5))).toEqual(expected);
  expect(await run(two)).toEqual(expected);
  expect(await run(eight)).toEqual(expected);
}

describe('the tasks of cachesim give one answer inline, on 2 and on 8 threads', () => {
  it('costed replays, learned tables among them', async () => {
    const all = [...simulations, learned];
    await answersOf((pool) =>
      pool.run(costedReplayTask, { columns, references, simulations: all, firstPlace: 0 }),
    );
  });

  it('hits request by request, of one cache and of one a tenant', async () => {
    const input = { columns, simulations: [...simulations, learned], firstPlace: 0 };
    await answersOf((pool) => pool.run(hitsTask, input));
    await answersOf((pool) => pool.run(hitsTask, { ...input, parts: columns.tenants }));
  });

  it('depths of the LRU stack', async () => {
    const measured = { begin: 300, end: REQUESTS };
    await answersOf((pool) => pool.run(lruDepthsTask, { columns, measured }));
  });
});

describe('hits and costed replays', () => {
  it('agree with each other', async () => {
    const pool = createInlinePool();
    const input = { columns, simulations: [...simulations, learned], firstPlace: 0 };
    const [hits, costed] = await Promise.all([
      pool.run(hitsTask, input),
      pool.run(costedReplayTask, input),
    ]);
    costed.forEach(({ outcome }, i) => {
      const measured = hits[i].outcome.subarray(300);
      expect(measured.reduce((sum, blocks) => sum + blocks, 0)).toBe(outcome.hitBlocks);
      const squares = measured.reduce((sum, blocks) => sum + (16 * blocks) ** 2, 0);
      expect(outcome.hitTokensSquared).toBe(squares);
    });
  });

  it('carry a coded error of a simulation', async () => {
    const wrong = { columns, simulations: [{ policy: 'lfru', capacityBlocks: 5 }], firstPlace: 0 };
    await expect(two.run(hitsTask, wrong)).rejects.toThrow(
      expect.objectContaining({ code: 'cachesim.unknown-policy' }),
    );
  });
});
