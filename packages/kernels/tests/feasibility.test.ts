import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  findInfeasibility,
  isFeasible,
  legalFamilies,
  parseTunedTable,
  STRATEGIES,
  searchPolicies,
  type TilePolicy,
} from '../src/index.ts';
import {
  anyProblem,
  deviceByEngineName,
  deviceOf,
  sharedText,
  shippedConstants,
} from './fixtures.ts';

const policy: TilePolicy = {
  blockM: 128,
  blockN: 256,
  blockK: 64,
  groupM: 8,
  stages: 4,
  warps: 8,
  splitK: 1,
};

describe('findInfeasibility', () => {
  it('counts a buffer a stage with warp-group instructions and one less with mma.sync', () => {
    // (128 + 256) × 64 × 2 = 49,152 bytes a stage: four are 196,608, three 147,456.
    expect(isFeasible(deviceOf('h100'), 'bf16', policy)).toBe(true);
    expect(isFeasible(deviceOf('a100'), 'bf16', policy)).toBe(true);
    expect(findInfeasibility(deviceOf('h100'), 'bf16', { ...policy, stages: 5 })).toEqual({
      kind: 'shared-memory',
      neededBytes: 245_760,
      availableBytes: 232_448,
    });
    expect(isFeasible(deviceOf('a100'), 'bf16', { ...policy, stages: 5 })).toBe(false);
    expect(isFeasible(deviceOf('l40s'), 'bf16', policy)).toBe(false);
  });

  it('refuses accumulators beyond the registers, and sizes that no instruction makes', () => {
    const wide = { ...policy, blockM: 256, blockK: 32, stages: 2, warps: 4 };
    expect(findInfeasibility(deviceOf('h100'), 'bf16', wide)?.kind).toBe('registers');
    expect(findInfeasibility(deviceOf('h100'), 'bf16', { ...policy, blockK: 57 })?.kind).toBe(
      'illegal-size',
    );
  });

  it('rejects no published winner of Ampere and Ada', (context) => {
    const text = sharedText('tuned_configs.csv.gz');
    if (text === undefined) return context.skip();
    const families = /A100|A800|L40S|L40|L20(?!Y)/;
    const rows = parseTunedTable(text).filter(
      (row) => families.test(row.device) && row.policy.stages > 0,
    );
    expect(rows.length).toBe(3031);
    const rejected = rows.filter((row) => {
      const device = deviceByEngineName(row.device) ?? deviceOf('a100');
      return !isFeasible(device, row.dtype, row.policy);
    });
    expect(rejected).toEqual([]);
  });
});

describe('the searched space', () => {
  it('holds only what the device can run, and every emitted policy is of it', () => {
    const constants = shippedConstants();
    fc.assert(
      fc.property(
        anyProblem,
        fc.constantFrom('a100', 'h200', 'b200', 'l40s', 'mi300x'),
        (problem, name) => {
          const device = deviceOf(name);
          const ranking = searchPolicies(device, { problem, constants, top: 8 });
          expect(ranking.length).toBeGreaterThan(0);
          for (const { policy: found } of ranking) {
            expect(findInfeasibility(device, problem.dtype, found)).toBeUndefined();
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it('leaves only the small tiles where K is no multiple of 16', () => {
    const problem = { kind: 'dense', dtype: 'bf16', m: 512, n: 4096, k: 1000, l2: 'cold' } as const;
    const tiles = legalFamilies(deviceOf('h100'), problem).map(
      ({ policy: { blockM, blockN, blockK } }) => [blockM, blockN, blockK],
    );
    expect(tiles).toEqual([
      [16, 32, 64],
      [64, 64, 32],
    ]);
  });

  it('does not hold what datajax interpolates', () => {
    const datajax = STRATEGIES.find((strategy) => strategy.name === 'datajax');
    const problem = { kind: 'dense', dtype: 'bf16', m: 100, n: 4096, k: 4096, l2: 'cold' } as const;
    expect(isFeasible(deviceOf('h100'), 'bf16', datajax!.choose(problem))).toBe(false);
  });
});
