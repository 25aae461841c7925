import { createRng } from '@wavetune/core';
import { type Engine, openEngine } from '@wavetune/engine';
import { asc, col, type Plan, scan, sort } from '@wavetune/ir';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addBlockSums, BLOCK_SUMS, blockScoresPlan } from '../src/index.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine({ memoryLimitBytes: 2 ** 28, threads: 1 });
});
afterAll(() => engine.close());

type Row = readonly (string | null)[];

const rowsPlan = (rows: readonly Row[]): Plan =>
  scan({ format: 'values', columns: BLOCK_SUMS, rows });

/** Sums of one reference each, of 30 blocks, some of them roots. */
function references(seed: number, count: number): readonly Row[] {
  const rng = createRng(seed);
  return Array.from({ length: count }, () => {
    const block = rng.nextBelow(30);
    const time = String(rng.nextFloat() * 1e6);
    const id = String(2n ** 64n - 1n - BigInt(block));
    const parent = block % 5 === 0 ? null : String(block);
    return [id, parent, String(block), '1', time, time, '512', String(rng.nextBelow(2 ** 32))];
  });
}

/** A row a block, as a log's sums have it. */
const counted = (rows: readonly Row[]): Plan => addBlockSums([rowsPlan(rows), rowsPlan([])]);

async function rowsOf(plan: Plan) {
  return engine.rows(sort(plan, asc(col('id')), asc(col('parent'))));
}

/** Cuts rows into groups that are added up first, as nights, weeks and somebody's compaction would. */
const groups = fc.array(fc.nat({ max: 5 }), { minLength: 200, maxLength: 200 });

describe('addBlockSums', () => {
  const rows = references(1, 200);

  it('comes to the same in any order and grouping, to the bit', async () => {
    const atOnce = await rowsOf(counted(rows));
    await fc.assert(
      fc.asyncProperty(groups, async (numbers) => {
        const parts = Map.groupBy(rows, (_, i) => numbers[i]);
        const sums = [...parts.values()].map((part) =>
          addBlockSums([rowsPlan(part.slice(3)), rowsPlan(part.slice(0, 3))]),
        );
        expect(await rowsOf(addBlockSums([...sums.reverse(), rowsPlan([])]))).toEqual(atOnce);
      }),
      { numRuns: 10 },
    );
  });
});

describe('blockScoresPlan', () => {
  it('ages what is added up, so that compaction changes no bit', async () => {
    const [old, late] = [references(2, 100), references(3, 100)];
    const parts = (cuts: readonly number[]) =>
      [
        [3, old],
        [5, late],
      ].map(([landmark, rows]) => ({
        landmark: landmark as number,
        sums: [0, ...cuts].map((cut, i) =>
          counted((rows as readonly Row[]).slice(cut, cuts[i] ?? 100)),
        ),
      }));
    const expected = await rowsOf(blockScoresPlan(parts([]), 5));
    expect(await rowsOf(blockScoresPlan(parts([10, 50]), 5))).toEqual(expected);
    const compacted = parts([10, 50]).map(({ landmark, sums }) => ({
      landmark,
      sums: [addBlockSums(sums)],
    }));
    expect(await rowsOf(blockScoresPlan(compacted, 5))).toEqual(expected);
  });

  it('halves a score a half-life, and counts references at the landmark', async () => {
    const unit = String(2 ** 36);
    const row = (units: string): Row => ['7', null, '1', '1', '0', '0', '512', units];
    const parts = [
      { landmark: 1, sums: [rowsPlan([row(unit)])] },
      { landmark: 4, sums: [rowsPlan([row(unit)])] },
      { landmark: -80, sums: [rowsPlan([row(unit)])] },
    ];
    expect(await engine.rows(blockScoresPlan(parts, 4))).toEqual([
      {
        id: '7',
        parent: null,
        depth: 1n,
        count: 3n,
        first_seen_ms: 0,
        last_seen_ms: 0,
        tokens: 512,
        score: 1.125,
      },
    ]);
    expect(await engine.rows(blockScoresPlan([], 0))).toEqual([]);
  });
});
