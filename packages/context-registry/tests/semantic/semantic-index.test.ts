import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRegistry } from '../../src/registry/registry.ts';
import { createSemanticIndex } from '../../src/semantic/semantic-index.ts';
import { createVectorIndex } from '../../src/semantic/vector-index.ts';

const DIMENSIONS = 4;

/** Directions on a grid: many vectors lie equally far, some are the same. */
const vector = fc
  .array(fc.integer({ min: -3, max: 3 }), { minLength: DIMENSIONS, maxLength: DIMENSIONS })
  .filter((numbers) => numbers.some((number) => number !== 0))
  .map((numbers) => Float32Array.from(numbers));

function cosine(a: Float32Array, b: Float32Array): number {
  const dot = a.reduce((sum, number, at) => sum + number * b[at], 0);
  return dot / (Math.hypot(...a) * Math.hypot(...b));
}

describe('createVectorIndex', () => {
  it('holds exactly what was put in and not taken out, and finds the nearest of it', () => {
    const change = fc.record({ key: fc.nat(30), vector, isSet: fc.boolean() });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 120 }), vector, (changes, query) => {
        const index = createVectorIndex(DIMENSIONS);
        const model = new Map<number, Float32Array>();
        for (const { key, vector, isSet } of changes) {
          if (isSet) index.set(key, vector);
          else expect(index.delete(key)).toBe(model.has(key));
          if (isSet) model.set(key, vector);
          else model.delete(key);
        }
        expect(index.size()).toBe(model.size);
        const found = index.search(query, 100);
        expect(new Set(found.map(({ key }) => key))).toEqual(new Set(model.keys()));
        for (const { key, cosine: said } of found) {
          expect(said).toBeCloseTo(cosine(query, model.get(key)!), 4);
        }
        const exact = [...model.values()].map((each) => cosine(query, each)).sort((a, b) => b - a);
        const nearest = index.search(query, 3).map(({ cosine }) => cosine);
        expect(nearest).toEqual(exact.slice(0, 3).map((number) => expect.closeTo(number, 4)));
      }),
    );
  });

  it('uses the place of a deleted vector again', () => {
    const index = createVectorIndex(DIMENSIONS);
    for (let round = 0; round < 50; round++) {
      for (let key = 0; key < 20; key++) index.set(key, Float32Array.of(key + 1, round, 1, 0));
      for (let key = 0; key < 20; key++) expect(index.delete(key)).toBe(true);
      expect(index.search(Float32Array.of(1, 0, 0, 0), 5)).toEqual([]);
    }
    expect(index.size()).toBe(0);
  });
});

describe('createSemanticIndex', () => {
  const newPair = () => {
    const registry = createRegistry({ model: { name: 'toy', bytesPerToken: 1 }, blockSize: 2 });
    const index = createSemanticIndex(DIMENSIONS);
    registry.attach(index);
    return { registry, index };
  };
  const keyOf = (agent: string) => ({ agent, context: 'main' });
  const north = Float32Array.of(1, 0, 0, 0);
  const nearNorth = Float32Array.of(1, 0.2, 0, 0);

  it('finds neighbours within the scope alone, never the entry itself', () => {
    const { registry, index } = newPair();
    const { entry } = registry.register({ key: keyOf('a'), tokens: [1, 2], vector: north });
    registry.register({ key: keyOf('b'), tokens: [3, 4], vector: nearNorth });
    const scope = { cacheSalt: 'other tenant' };
    registry.register({ key: keyOf('c'), tokens: [3, 4], vector: north, scope });
    const query = { vector: north, scope: {}, count: 5, without: entry.label };
    expect(index.neighbours(query)).toEqual([
      { owner: keyOf('b'), cosine: expect.closeTo(1 / Math.hypot(1, 0.2), 5) },
    ]);
  });

  it('is in step with the registry through any changes', () => {
    const operation = fc.record({
      agent: fc.nat(5),
      vector: fc.option(vector, { nil: undefined }),
      kind: fc.constantFrom('register', 'register', 'register', 'remove', 'clear'),
      salt: fc.constantFrom(undefined, 's'),
    });
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 40 }), (operations) => {
        const { registry, index } = newPair();
        for (const { agent, vector, kind, salt } of operations) {
          const key = keyOf(`a${agent}`);
          const scope = salt === undefined ? {} : { cacheSalt: salt };
          if (kind === 'clear') registry.clear();
          else if (kind === 'remove') {
            if (registry.get(key) !== undefined) registry.remove([key]);
          } else {
            registry.register({ key, tokens: [agent, 2], scope, ...(vector && { vector }) });
          }
          const withVector = [...registry.entries()].filter((entry) => entry.vector !== undefined);
          expect(index.size()).toBe(withVector.length);
          const found = [{}, { cacheSalt: 's' }].flatMap((scope) =>
            index.neighbours({ vector: north, scope, count: 100 }),
          );
          expect(found.map(({ owner }) => owner.agent).sort()).toEqual(
            withVector.map((entry) => entry.key.agent).sort(),
          );
        }
      }),
      { numRuns: 50 },
    );
  });

  it('refuses an embedding of other dimensions, of length zero or of no numbers, everywhere at once', () => {
    const { registry, index } = newPair();
    for (const vector of [
      Float32Array.of(1),
      new Float32Array(DIMENSIONS),
      Float32Array.of(Number.NaN, 0, 0, 1),
    ]) {
      expect(() =>
        registry.registerMany([
          { key: keyOf('good'), tokens: [1, 2], vector: north },
          { key: keyOf('bad'), tokens: [1, 2], vector },
        ]),
      ).toThrow('semantic.bad-vector');
    }
    expect([registry.stats().contexts, index.size()]).toEqual([0, 0]);
  });
});
