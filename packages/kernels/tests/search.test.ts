import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  costPolicies,
  legalFamilies,
  parseTunedTable,
  sameTile,
  searchPolicies,
  searchPoliciesTask,
} from '../src/index.ts';
import {
  anyProblem,
  deviceByEngineName,
  deviceOf,
  sharedText,
  shippedConstants,
} from './fixtures.ts';

const constants = shippedConstants();
const h100 = deviceOf('h100');

describe('searchPolicies', () => {
  it('finds what trying everything finds', () => {
    fc.assert(
      fc.property(anyProblem, (problem) => {
        const policies = legalFamilies(h100, problem).flatMap(({ policy, groups }) =>
          groups.map((groupM) => ({ ...policy, groupM })),
        );
        const costs = costPolicies(h100, { problem, constants, policies }).map(
          ({ seconds }) => seconds,
        );
        const [best] = searchPolicies(h100, { problem, constants, top: 1 });
        expect(best.seconds).toBe(costs.reduce((left, right) => Math.min(left, right)));
      }),
      { numRuns: 20 },
    );
  });

  it('ranks tiles, each once, fastest first', () => {
    const problem = { kind: 'dense', dtype: 'bf16', m: 300, n: 4096, k: 4096, l2: 'cold' } as const;
    const ranking = searchPolicies(h100, { problem, constants, top: 8 });
    expect(ranking).toHaveLength(8);
    for (const [i, { seconds, policy }] of ranking.entries()) {
      if (i > 0) expect(seconds).toBeGreaterThanOrEqual(ranking[i - 1].seconds);
      expect(ranking.filter((other) => sameTile(other.policy, policy))).toHaveLength(1);
    }
  });

  it('splits K only where SMs would idle, and only when asked', () => {
    const thin = { kind: 'dense', dtype: 'bf16', m: 16, n: 512, k: 16384, l2: 'cold' } as const;
    const first = (problem: typeof thin | { readonly n: number }, splitK: boolean) =>
      searchPolicies(h100, { problem: { ...thin, ...problem }, constants, top: 1, splitK })[0];
    expect(first(thin, false).policy.splitK).toBe(1);
    expect(first(thin, true).policy.splitK).toBeGreaterThan(1);
    expect(first(thin, true).seconds).toBeLessThan(first(thin, false).seconds);
    expect(first({ n: 65536 }, true).policy.splitK).toBe(1);
  });

  it('has the published tile among its first eight in nine of ten dense problems', (context) => {
    const text = sharedText('tuned_configs.csv.gz');
    if (text === undefined) return context.skip();
    const rows = parseTunedTable(text).filter(
      (row, i) =>
        row.kind === 'dense' && i % 29 === 0 && deviceByEngineName(row.device) !== undefined,
    );
    const among = rows.filter((row) => {
      const device = deviceByEngineName(row.device)!;
      const problem = {
        kind: 'dense',
        dtype: row.dtype,
        m: row.m,
        n: row.n,
        k: row.k,
        l2: 'cold',
      } as const;
      const ranking = searchPolicies(device, { problem, constants, top: 8 });
      return ranking.some(({ policy }) => sameTile(policy, row.policy));
    });
    console.log(`published tile among the first 8: ${among.length} of ${rows.length}`);
    expect(among.length / rows.length).toBeGreaterThanOrEqual(0.9);
  });
});

describe('searchPoliciesTask', () => {
  it('gives the same however the problems are spread', () => {
    const problems = fc.sample(anyProblem, { numRuns: 7, seed: 3 });
    const input = { device: h100, constants, problems, top: 2, first: 0 };
    const whole = searchPoliciesTask.run(input);
    const parts = searchPoliciesTask.split(input, 3).map((part) => searchPoliciesTask.run(part));
    expect(parts.reverse().reduce(searchPoliciesTask.merge)).toEqual(whole);
  });
});
