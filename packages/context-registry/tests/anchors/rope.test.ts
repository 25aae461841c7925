import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type RopeRules, rerotateKeys, ropeAngles } from '../../src/anchors/rope.ts';

/** RoPE as RoFormer writes it (equations 14 and 15): the block-diagonal matrix of a position, times the vector. */
function referenceRope(vector: readonly number[], position: number, rules: RopeRules): number[] {
  const d = rules.rotatedSize;
  const matrix: number[][] = vector.map((_, row) =>
    vector.map((__, column) => (row === column ? 1 : 0)),
  );
  for (let i = 1; i <= d / 2; i++) {
    const angle = position * rules.theta ** (-2 * ((i - 1) / d));
    const [a, b] = rules.layout === 'interleaved' ? [2 * i - 2, 2 * i - 1] : [i - 1, i - 1 + d / 2];
    matrix[a][a] = Math.cos(angle);
    matrix[a][b] = -Math.sin(angle);
    matrix[b][a] = Math.sin(angle);
    matrix[b][b] = Math.cos(angle);
  }
  return matrix.map((row) => row.reduce((sum, factor, column) => sum + factor * vector[column], 0));
}

const rules = fc.record({
  rotatedSize: fc.constantFrom(2, 8, 64),
  theta: fc.constantFrom(10_000, 500_000, 1_000_000),
  layout: fc.constantFrom('interleaved' as const, 'half-split' as const),
});

describe('ropeAngles', () => {
  it('turns pair i by theta^(-2i/d)', () => {
    const angles = ropeAngles({ rotatedSize: 8, theta: 10_000, layout: 'interleaved' });
    expect([...angles]).toEqual([1, 0.1, 0.01, 0.001].map((angle) => expect.closeTo(angle, 12)));
  });
});

describe('rerotateKeys', () => {
  it('turns the two layouts by hand', () => {
    const quarter = { rotatedSize: 4, theta: 10_000 };
    const interleaved = Float32Array.of(1, 0, 1, 0);
    rerotateKeys(interleaved, 1, { ...quarter, layout: 'interleaved' });
    expect([...interleaved]).toEqual(
      [Math.cos(1), Math.sin(1), Math.cos(0.01), Math.sin(0.01)].map((n) => expect.closeTo(n, 6)),
    );
    const split = Float32Array.of(1, 1, 0, 0);
    rerotateKeys(split, 1, { ...quarter, layout: 'half-split' });
    expect([...split]).toEqual(
      [Math.cos(1), Math.cos(0.01), Math.sin(1), Math.sin(0.01)].map((n) => expect.closeTo(n, 6)),
    );
  });

  it('makes keys computed at one position those of another, as the reference computes them', () => {
    const positions = fc.tuple(fc.nat(100_000), fc.nat(100_000));
    fc.assert(
      fc.property(rules, positions, fc.integer(), (rope, [from, to], seed) => {
        const raw = Array.from({ length: rope.rotatedSize }, (_, at) => Math.sin(seed + at * 1.7));
        const keys = Float32Array.from(referenceRope(raw, from, rope));
        rerotateKeys(keys, to - from, rope);
        const expected = referenceRope(raw, to, rope);
        for (const [at, number] of expected.entries()) expect(keys[at]).toBeCloseTo(number, 5);
      }),
    );
  });

  it('leaves what a partial rotation does not cover, in every head', () => {
    const partial = { rotatedSize: 2, headSize: 3, theta: 10_000, layout: 'half-split' } as const;
    const keys = Float32Array.of(1, 0, 5, 1, 0, 7);
    rerotateKeys(keys, 3, partial);
    expect([keys[2], keys[5]]).toEqual([5, 7]);
    expect(keys[3]).toBeCloseTo(Math.cos(3), 6);
  });

  it('refuses an odd size, a torn head and a distance that is no whole number', () => {
    const whole = { rotatedSize: 4, theta: 10_000, layout: 'half-split' } as const;
    for (const [keys, delta, change] of [
      [4, 1, { rotatedSize: 3 }],
      [6, 1, {}],
      [4, 0.5, {}],
    ] as const) {
      expect(() => rerotateKeys(new Float32Array(keys), delta, { ...whole, ...change })).toThrow(
        'anchor.bad-rotation',
      );
    }
  });
});
