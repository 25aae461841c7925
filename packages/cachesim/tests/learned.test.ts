import { createRng, shapeOf } from '@wavetune/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  chooseEviction,
  hitTokensOf,
  type LearnedTable,
  learnedPolicy,
  lruCurve,
  replay,
  requestHits,
  trainTables,
} from '../src/index.ts';
import { fitTables } from '../src/learned/fit-tables.ts';
import { classOf } from '../src/learned/learned-table.ts';
import { createReuseFeatures, levelOf, REUSE_FEATURES } from '../src/learned/reuse-features.ts';
import { arbitraryTrace } from './arbitrary-trace.ts';
import { columnsOf, type LoggedRequest } from './columns-of.ts';
import { loadMooncake, mooncakeMissing } from './load-mooncake.ts';
import { loadWeka, wekaMissing } from './load-weka.ts';

if (wekaMissing) console.log(`learned: skipped on the Weka conversations: ${wekaMissing}`);
if (mooncakeMissing) console.log(`learned: skipped on the conversation trace: ${mooncakeMissing}`);

/** Conversations that come back after 20 s twice, between one-shot documents that never do. */
function twoKinds(requests: number): LoggedRequest[] {
  const rng = createRng(7);
  const open: { at: number; ids: number[] }[] = [];
  let id = 0;
  return Array.from({ length: requests }, (_, r) => {
    const timeMillis = r * 1000;
    const due = open[0]?.at <= timeMillis ? open.shift() : undefined;
    if (due !== undefined) {
      const ids = [...due.ids, ++id];
      if (ids.length < 5) open.push({ at: timeMillis + 20_000, ids });
      return { ids, timeMillis };
    }
    const isChat = rng.nextFloat() < 0.3;
    const ids = Array.from({ length: isChat ? 3 : 6 }, () => ++id);
    if (isChat) open.push({ at: timeMillis + 20_000, ids });
    return { ids, timeMillis };
  });
}

const total = (tokens: Float64Array) => tokens.reduce((sum, count) => sum + count, 0);

describe('createReuseFeatures', () => {
  it('knows a turn by its prefix and a partial block by its tokens', () => {
    const columns = columnsOf(
      [
        { ids: [1, 2], inputTokens: 7, outputTokens: 3, timeMillis: 0 },
        { ids: [1, 3, 4], inputTokens: 12, timeMillis: 5000 },
      ],
      4,
    );
    const features = createReuseFeatures(columns);
    const codes = new Uint32Array(3);
    const named = (code: number) =>
      Object.fromEntries(REUSE_FEATURES.map(({ name }, f) => [name, levelOf(code, f)]));
    features.observe(0, codes);
    expect(named(codes[1])).toMatchObject({ 'from-end': 0, turn: 0, 'gap-millis': 0 });
    features.observe(1, codes);
    expect(named(codes[0])).toMatchObject({ uses: 1, turn: 1, 'new-blocks': 2, 'gap-millis': 3 });
    expect(named(codes[2])).toMatchObject({ 'from-end': 1, depth: 2, 'message-tokens': 1 });
  });
});

describe('fitTables', () => {
  it('has bounds that ascend where all blocks come back alike', () => {
    const columns = columnsOf(
      Array.from({ length: 200 }, (_, r) => ({
        ids: [r % 7, 100 + (r % 7)],
        timeMillis: r * 1000,
      })),
    );
    for (const { table } of fitTables(columns, 200)) {
      const { bandScores, gapLevels, values } = table;
      expect(bandScores).toEqual([...new Set(bandScores)].sort((a, b) => a - b));
      expect(values).toHaveLength((bandScores.length + 1) * (gapLevels.length + 1));
    }
  });
});

describe('learnedPolicy', () => {
  it('keeps conversations and lets one-shot documents go, where LRU keeps neither', () => {
    const columns = columnsOf(twoKinds(3000));
    const { full } = trainTables(columns, 1500);
    const tokens = hitTokensOf(
      columns,
      requestHits(columns, { spec: learnedPolicy(full[0].table), capacityBlocks: 40 }),
    );
    const measured = { begin: 1500, end: 3000 };
    const lru = lruCurve(columns, measured).hitTokens[40];
    const optimum = replay(columns, { policy: 'optimum', capacityBlocks: 40, measureFrom: 1500 });
    const closed = (total(tokens.subarray(1500)) - lru) / (optimum.hitTokens - lru);
    expect(closed).toBeGreaterThan(0.8);
  });

  it('never beats the optimum in hit blocks and gives the same twice', () => {
    fc.assert(
      fc.property(arbitraryTrace, fc.integer({ min: 1, max: 9 }), (columns, capacityBlocks) => {
        for (const { table } of trainTables(columns, shapeOf(columns).requests).full.slice(0, 2)) {
          const hits = requestHits(columns, { spec: learnedPolicy(table), capacityBlocks });
          const bound = replay(columns, { policy: 'optimum', capacityBlocks });
          expect(hits.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(bound.hitBlocks);
          expect(requestHits(columns, { spec: learnedPolicy(table), capacityBlocks })).toEqual(
            hits,
          );
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe('trainTables', () => {
  it('sees nothing of the requests from its end on', () => {
    const requests = twoKinds(600);
    const changed = requests.map((request, r) =>
      r < 400 ? request : { ...request, ids: [r + 9e5] },
    );
    expect(trainTables(columnsOf(changed), 400)).toEqual(trainTables(columnsOf(requests), 400));
  });

  it('gives tables that JSON carries, value for value', () => {
    const { table } = trainTables(columnsOf(twoKinds(600)), 400).full[0];
    expect(JSON.parse(JSON.stringify(table))).toEqual(table);
  });

  it('has none to give where nothing was touched twice', () => {
    expect(trainTables(columnsOf([{ ids: [1, 2] }, { ids: [3] }]), 2).full).toEqual([]);
  });
});

describe('classOf', () => {
  it('adds weights, then counts the bands and gap groups that are reached', () => {
    const table: LearnedTable = {
      features: REUSE_FEATURES.map(({ name, thresholds }) => ({
        name,
        thresholds,
        weights: Array.from({ length: thresholds.length + 1 }, (_, level) => level),
      })),
      intercept: -1,
      bandScores: [0, 2, 5],
      gapLevels: [2],
      ageMillis: [0],
      values: [],
    };
    expect(classOf(table, 0)).toBe(0);
    expect(classOf(table, (2 << 24) | 1)).toBe(2 * 2 + 1);
  });
});

describe('chooseEviction', () => {
  it('takes the candidate with the most hits on the validation slice, and refits it', () => {
    const columns = columnsOf(twoKinds(1500));
    const trained = trainTables(columns, 1200);
    const choice = chooseEviction(columns, trained, { capacityBlocks: 40 });
    expect(choice.policy).toBe('learned');
    expect(choice.validateFrom).toBe(800);
    expect(trained.full.map(({ table }) => table)).toContain(choice.table);
    const scores = choice.candidates.map(({ hitTokens }) => hitTokens);
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
  });

  it.skipIf(mooncakeMissing)('beats LRU on requests of the conversation trace it never saw', () => {
    const columns = loadMooncake();
    const half = Math.floor(shapeOf(columns).requests / 2);
    const spec = learnedPolicy(fitTables(columns, half)[0].table);
    const tokens = hitTokensOf(columns, requestHits(columns, { spec, capacityBlocks: 512 }));
    expect(total(tokens.subarray(half))).toBeGreaterThan(1.4 * 3_085_579);
  });
});

describe('learnedPolicy on the Weka conversations', () => {
  it.skipIf(wekaMissing)('beats LRU for agents that share a small cache', () => {
    const columns = loadWeka({ files: 30, startGapMillis: 60_000 });
    const { requests } = shapeOf(columns);
    const half = Math.floor(requests / 2);
    const spec = learnedPolicy(fitTables(columns, half)[0].table);
    const tokens = hitTokensOf(columns, requestHits(columns, { spec, capacityBlocks: 2048 }));
    const lru = lruCurve(columns, { begin: half, end: requests }).hitTokens[2048];
    expect(total(tokens.subarray(half))).toBeGreaterThan(1.05 * lru);
  });
});
