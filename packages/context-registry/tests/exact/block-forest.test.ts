import { NONE, sharedFloat64, sharedUint32, type TraceColumns } from '@wavetune/core';
import { buildForest } from '@wavetune/prefix';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BlockForest, type Chain, createBlockForest } from '../../src/exact/block-forest.ts';

const BLOCK = 2;

/** Names that say nothing: every block is called alike, so that only tokens and parents can tell blocks apart. */
function spelled(tokens: readonly number[], scope = 0) {
  const names = new Uint32Array(2 * Math.floor(tokens.length / BLOCK));
  return { tokens: Uint32Array.from(tokens), names, scope };
}

function insert(forest: BlockForest, id: number, tokens: readonly number[]): Chain {
  return forest.insert(id, spelled(tokens), () => {});
}

/** Dense ids in order of first appearance, as a trace has them. */
function columnsOf(contexts: readonly (readonly number[])[]): TraceColumns {
  const ids = new Map<string, number>();
  const parents: number[] = [];
  const chains = contexts.map((tokens) => {
    let parent = NONE;
    return Array.from({ length: Math.floor(tokens.length / BLOCK) }, (_, index) => {
      const prefix = tokens.slice(0, (index + 1) * BLOCK).join();
      if (!ids.has(prefix)) {
        ids.set(prefix, ids.size);
        parents.push(parent);
      }
      parent = ids.get(prefix) as number;
      return parent;
    });
  });
  const column = (values: readonly number[]) => {
    const shared = sharedUint32(values.length);
    shared.set(values);
    return shared;
  };
  const lengths = chains.map((chain) => chain.length * BLOCK);
  const zeros = chains.map(() => 0);
  let references = 0;
  return {
    blockSize: BLOCK,
    offsets: column([0, ...chains.map((chain) => (references += chain.length))]),
    blocks: column(chains.flat()),
    inputTokens: column(lengths),
    coveredTokens: column(lengths),
    outputTokens: column(zeros),
    timeMillis: sharedFloat64(chains.length),
    tenants: column(zeros),
    sessions: column(zeros),
    parents: column(parents),
  };
}

/** Every run as (depth of its end, blocks, chains through it, tokens of its last block), sorted. */
function describeRuns({ runs, blocks }: BlockForest, chains: readonly Chain[]): readonly string[] {
  const seen = new Map<number, string>();
  for (const { last } of chains) {
    let run = last === NONE ? NONE : blocks.columns.labels[last];
    for (; run !== NONE; run = runs.parents[run]) {
      const begin = blocks.columns.contentOf[runs.tips[run]] * BLOCK;
      const tokens = blocks.contents.tokens.subarray(begin, begin + BLOCK);
      seen.set(
        run,
        [runs.ends[run], runs.lengthOf(run), runs.counts[run], tokens.join('/')].join(' '),
      );
    }
  }
  expect(seen.size).toBe(runs.count);
  return [...seen.values()].sort();
}

function describeCohorts(contexts: readonly (readonly number[])[]): readonly string[] {
  const columns = columnsOf(contexts);
  const forest = buildForest(columns);
  const lastTokens = new Map<number, readonly number[]>();
  contexts.forEach((tokens, r) => {
    for (let i = columns.offsets[r]; i < columns.offsets[r + 1]; i++) {
      const at = (i - columns.offsets[r]) * BLOCK;
      lastTokens.set(columns.blocks[i], tokens.slice(at, at + BLOCK));
    }
  });
  return Array.from(forest.counts, (count, c) =>
    [
      forest.depths[c],
      forest.starts[c + 1] - forest.starts[c],
      count,
      lastTokens.get(forest.starts[c + 1] - 1)?.join('/'),
    ].join(' '),
  ).sort();
}

describe('createBlockForest', () => {
  it('cuts a run where a chain ends or leaves, and joins it again', () => {
    const forest = createBlockForest(BLOCK);
    const long = insert(forest, 0, [1, 1, 2, 2, 3, 3]);
    expect(forest.runs.count).toBe(1);
    const short = insert(forest, 1, [1, 1, 9]);
    expect(describeRuns(forest, [long, short])).toEqual(['1 1 2 1/1', '3 2 1 3/3']);
    forest.remove(short, () => {});
    expect(describeRuns(forest, [long])).toEqual(['3 3 1 3/3']);
    const freed: number[] = [];
    forest.remove(long, (block) => freed.push(forest.blocks.columns.depths[block]));
    expect(freed).toEqual([3, 2, 1]);
    expect([forest.blocks.count, forest.blocks.contents.count, forest.runs.count]).toEqual([
      0, 0, 0,
    ]);
  });

  it('tells blocks apart by all tokens before them, even where every name is the same', () => {
    const forest = createBlockForest(BLOCK);
    insert(forest, 0, [1, 1, 5, 5]);
    insert(forest, 1, [2, 2, 5, 5]);
    forest.insert(2, spelled([1, 1, 5, 5], 1), () => {});
    expect(forest.blocks.count).toBe(6);
    expect(forest.blocks.contents.count).toBe(3);
    expect(forest.findPrefix(spelled([1, 1, 5, 6]))).toBe(1);
    expect(forest.findPrefix(spelled([5, 5]))).toBe(0);
  });

  it('is the forest that a trace of its chains builds, whatever came and went before', () => {
    const chain = fc.array(fc.constantFrom(1, 1, 2), { maxLength: 14 });
    const operation = fc.record({ slot: fc.nat(6), tokens: fc.option(chain) });
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 40 }), (operations) => {
        const forest = createBlockForest(BLOCK);
        const held = new Map<number, { readonly chain: Chain; readonly tokens: number[] }>();
        for (const { slot, tokens } of operations) {
          const old = held.get(slot);
          if (old !== undefined) forest.remove(old.chain, () => {});
          held.delete(slot);
          if (tokens !== null) held.set(slot, { chain: insert(forest, slot, tokens), tokens });
        }
        const contexts = [...held.values()].map(({ tokens }) => tokens);
        const chains = [...held.values()].map((one) => one.chain);
        expect(describeRuns(forest, chains)).toEqual(describeCohorts(contexts));
      }),
      { numRuns: 300 },
    );
  });
});
