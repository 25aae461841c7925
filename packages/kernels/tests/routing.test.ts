import { isWavetuneError } from '@wavetune/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blocksOf, expertLoads, parseRouting } from '../src/index.ts';

describe('expertLoads', () => {
  it('gives every expert the same, to within one token', () => {
    const loads = expertLoads({ tokens: 5, topK: 2, experts: 4, routing: { kind: 'balanced' } });
    expect([...loads]).toEqual([3, 3, 2, 2]);
  });

  it('loses no token, and gives none twice to one expert', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5000 }),
        fc.integer({ min: 1, max: 8 }),
        fc.constantFrom(8, 100, 256),
        fc.constantFrom('balanced', 'power_law_1.01', 'power_law_1.2', 'power_law_2'),
        (tokens, topK, experts, routing) => {
          const loads = expertLoads({ tokens, topK, experts, routing: parseRouting(routing) });
          expect(loads.reduce((sum, load) => sum + load, 0)).toBe(tokens * topK);
          expect(loads.every((load) => load >= 1)).toBe(true);
          expect(loads.length).toBeLessThanOrEqual(experts);
        },
      ),
    );
  });

  it('concentrates more with a larger exponent', () => {
    const busiest = (exponent: number) =>
      expertLoads({
        tokens: 1000,
        topK: 8,
        experts: 256,
        routing: { kind: 'power-law', exponent },
      })[0];
    expect(busiest(2)).toBeGreaterThan(busiest(1.2));
  });
});

describe('blocksOf', () => {
  it('rounds every expert up on its own', () => {
    expect(blocksOf(Uint32Array.of(17, 16, 1), 16)).toBe(4);
  });
});

describe('parseRouting', () => {
  it('refuses what it does not know', () => {
    expect(() => parseRouting('zipf')).toThrow(
      expect.toSatisfy((error) => isWavetuneError(error, 'kernels.bad-routing')),
    );
  });
});
