import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { configSchema } from '../src/config/config-schema.ts';
import type { Figures } from '../src/gates/figures.ts';
import { judge } from '../src/gates/gates.ts';
import { bandOf, median } from '../src/gates/robust.ts';

const config = configSchema.parse({ logs: { files: 'a' } }).gates;

function night(
  changes: { added?: Partial<Figures['added']>; window?: Partial<Figures['window']> } = {},
): Figures {
  return {
    schema: 'nightly-figures/1',
    run: '2026-11-20',
    added: {
      partitions: 2,
      formats: ['mooncake'],
      block_sizes: [512],
      requests: 2000,
      block_references: 40_000,
      distinct_blocks: 10_000,
      input_tokens: 1e7,
      bad_records: 0,
      conflicts: 0,
      out_of_order: 0,
      out_of_day: 0,
      ...changes.added,
    },
    window: {
      days: 1,
      all_requests: 2000,
      all_references: 40_000,
      requests: 1000,
      input_tokens: 5e6,
      ceiling_ratio: 0.5,
      policy: 's3-fifo',
      capacity_blocks: 1000,
      hit_ratio: 0.4,
      default_ratio: 0.35,
      hit_tokens: 2e6,
      verdict: 'use',
      gain: 0.05,
      gain_error: 0.01,
      ...changes.window,
    },
  };
}

const steady = [night(), night(), night(), night()];
const closed = (tonight: Figures, history = steady): readonly string[] =>
  judge({ tonight, history, config, accepted: [] }).flatMap(({ name, passed }) =>
    passed ? [] : [name],
  );

describe('judge', () => {
  it('lets a night like the others pass, and the first ones', () => {
    expect(closed(night())).toEqual([]);
    expect(closed(night({ window: { all_requests: 20 } }), [night()])).toEqual([]);
  });

  it.each<[string, Figures, readonly string[]]>([
    [
      'half of the rows',
      night({ window: { all_requests: 1000, all_references: 20_000 } }),
      ['requests', 'block-references'],
    ],
    [
      'a ceiling that fell',
      night({ window: { ceiling_ratio: 0.2, hit_ratio: 0.15, default_ratio: 0.1 } }),
      ['ceiling', 'hit-ratio'],
    ],
    ['shuffled ids', night({ added: { conflicts: 4000 } }), ['conflicts']],
    ['a shifted clock', night({ added: { out_of_day: 1 } }), ['clock']],
    ['another block size', night({ added: { block_sizes: [16] } }), ['schema']],
    ['bad records', night({ added: { bad_records: 100 } }), ['bad-records']],
    [
      'a policy that loses',
      night({ window: { hit_ratio: 0.36, default_ratio: 0.37 } }),
      ['held-out'],
    ],
  ])('stops %s', (_, tonight, gates) => {
    expect(closed(tonight)).toEqual(gates);
  });

  it('opens a gate that a person accepts, and no other', () => {
    const tonight = night({ added: { block_sizes: [16], bad_records: 100 } });
    const verdicts = judge({ tonight, history: steady, config, accepted: ['schema', 'ceiling'] });
    const of = (gate: string) => verdicts.find(({ name }) => name === gate);
    expect(of('schema')).toMatchObject({
      passed: true,
      reason: expect.stringMatching(/; last night .*; accepted by hand$/),
    });
    expect(of('bad-records')?.passed).toBe(false);
    expect(of('ceiling')?.reason).not.toContain('accepted');
  });

  it('does not hold tonight’s choice against the policy that stays in use', () => {
    const loses = { hit_ratio: 0.36, default_ratio: 0.37 };
    const stays = { policy: 'arc', hit_ratio: 0.39, default_ratio: 0.35 };
    const tonight = night({ window: { ...loses, in_use: stays } });
    expect(closed(tonight)).toEqual([]);
    const verdicts = judge({ tonight, history: steady, config, accepted: [] });
    expect(verdicts.at(-1)?.reason).toMatch(/^arc stays in use: 39\.0 %, the default 35\.0 %/);
  });

  it('judges rows by the day, however many partitions they lie in and whatever else was read', () => {
    const late = { partitions: 27, requests: 2010, block_references: 40_100 };
    expect(closed(night({ added: late }))).toEqual([]);
    const two = { days: 2, all_requests: 4000, all_references: 80_000 };
    expect(closed(night({ window: two }))).toEqual([]);
  });
});

describe('bandOf', () => {
  it('holds more than half of the nights that made it, however wild', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1e9, noNaN: true }), { minLength: 1 }),
        (values) => {
          const { middle, reach } = bandOf(values, 6, () => 0)!;
          const inside = values.filter((value) => Math.abs(value - middle) <= reach * (1 + 1e-12));
          expect(inside.length * 2).toBeGreaterThanOrEqual(values.length);
        },
      ),
    );
  });

  it('is not moved by one outlier, and says nothing of nothing', () => {
    expect(bandOf([10, 10, 11, 12, 1e6], 6, () => 0)!.middle).toBe(11);
    expect(bandOf([], 6, () => 0)).toBeUndefined();
    expect(median([4, 1, 3, 2])).toBe(2.5);
  });
});
