import { NONE } from '@wavetune/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createInterner, type Interner } from '../src/interner.ts';

const U64_MAX = 2n ** 64n - 1n;

const wordsOf = (ids: readonly bigint[]): Uint32Array =>
  new Uint32Array(BigUint64Array.from(ids).buffer);

function intern(interner: Interner, chain: readonly bigint[]): number[] {
  const out = new Uint32Array(chain.length);
  interner.internChain(wordsOf(chain), 0, chain.length, out, 0);
  return [...out];
}

/** The textbook: one map from (namespace, parent, id) to a number. */
function model(namespaces: readonly (readonly (readonly bigint[])[])[]) {
  const numbers = new Map<string, number>();
  const parents: number[] = [];
  const conflicts: number[] = [];
  const chains = namespaces.flatMap((chains, namespace) => {
    const seen = new Set<bigint>();
    return chains.map((chain) => {
      let parent = NONE;
      return chain.map((id) => {
        const key = `${namespace}/${parent}/${id}`;
        let block = numbers.get(key);
        if (block === undefined) {
          block = numbers.size;
          numbers.set(key, block);
          parents.push(parent);
          if (seen.has(id)) conflicts.push(block);
          seen.add(id);
        }
        parent = block;
        return block;
      });
    });
  });
  return { chains, parents, conflicts };
}

const fewIds = fc.array(fc.array(fc.bigInt({ min: 0n, max: 12n }), { maxLength: 8 }), {
  maxLength: 40,
});
const wideIds = fc.array(
  fc.array(
    fc.oneof(
      fc.bigInt({ min: 0n, max: U64_MAX }),
      fc.bigInt({ min: 0n, max: 9n }).map((i) => i << 32n),
    ),
    { maxLength: 30 },
  ),
  { maxLength: 30 },
);

describe('createInterner', () => {
  it('numbers blocks as they first appear and keeps their parents', () => {
    const interner = createInterner();
    expect(intern(interner, [7n, 8n, U64_MAX])).toEqual([0, 1, 2]);
    expect(intern(interner, [7n, 8n, 9n])).toEqual([0, 1, 3]);
    expect([...interner.contents().parents]).toEqual([NONE, 0, 1, 1]);
    expect([...interner.contents().words.subarray(4, 6)]).toEqual([0xffff_ffff, 0xffff_ffff]);
  });

  it('makes an id under another parent a block of its own, and all below it', () => {
    const interner = createInterner();
    expect(intern(interner, [1n, 2n, 3n])).toEqual([0, 1, 2]);
    expect(intern(interner, [9n, 2n, 3n])).toEqual([3, 4, 5]);
    expect(intern(interner, [9n, 2n, 3n])).toEqual([3, 4, 5]);
    expect([...interner.contents().conflicts]).toEqual([4, 5]);
  });

  it('equals one map over (namespace, parent, id), conflicts and all', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fewIds, wideIds), { maxLength: 4 }), (namespaces) => {
        const interner = createInterner();
        const chains = namespaces.flatMap((chains, i) => {
          if (i > 0) interner.openNamespace();
          return chains.map((chain) => intern(interner, chain));
        });
        const expected = model(namespaces);
        const { parents, conflicts } = interner.contents();
        expect({ chains, parents: [...parents], conflicts: [...conflicts] }).toEqual(expected);
      }),
    );
  });

  it('grows past its first table, also where most references conflict', () => {
    const interner = createInterner();
    const roots = 300;
    const chain = Array.from({ length: 200 }, (_, i) => BigInt(i) << 40n);
    for (let root = 0; root < roots; root++) intern(interner, [BigInt(root) + 5n, ...chain]);
    expect(interner.blockCount()).toBe(roots * 201);
    expect(interner.contents().conflicts.length).toBe((roots - 1) * 200);
    expect(intern(interner, [5n, ...chain])).toEqual(Array.from({ length: 201 }, (_, i) => i));
  });

  it('forgets a namespace as if it had never been', () => {
    fc.assert(
      fc.property(wideIds, wideIds, fewIds, (first, dropped, then) => {
        const interner = createInterner();
        for (const chain of first) intern(interner, chain);
        const mark = interner.blockCount();
        interner.openNamespace();
        for (const chain of dropped) intern(interner, chain);
        interner.forgetFrom(mark);
        const chains = then.map((chain) => intern(interner, chain));
        const expected = model([first, then]);
        expect(chains).toEqual(expected.chains.slice(first.length));
        expect([...interner.contents().parents]).toEqual(expected.parents);
      }),
    );
  });
});
