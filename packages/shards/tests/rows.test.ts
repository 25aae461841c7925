import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeRow, hashShard, readShards, type ShardRow } from '../src/index.ts';
import { parseIds } from '../src/parse-ids.ts';
import { BLOCK_SIZE, HOSTILE_NAMES, sortedByShard, syntheticRows } from './synthetic-rows.ts';

const RULES = { blockSize: BLOCK_SIZE, tail: 'count' as const };

function idsOf(text: string): readonly bigint[] | string {
  const into = { words: new Uint32Array(2), length: 0 };
  const bytes = Buffer.from(text);
  const problem = parseIds(bytes, 0, bytes.length, into);
  if (problem !== undefined) return problem;
  return Array.from(
    { length: into.length },
    (_, i) => (BigInt(into.words[2 * i + 1]) << 32n) | BigInt(into.words[2 * i]),
  );
}

async function* chunked(bytes: Buffer, cuts: readonly number[]) {
  const ends = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length];
  let begin = 0;
  for (const end of ends.sort((a, b) => a - b)) {
    yield bytes.subarray(begin, end);
    begin = end;
  }
}

async function read(bytes: Buffer, cuts: readonly number[] = []) {
  const found = [];
  for await (const { columns, conflictReferences } of readShards(chunked(bytes, cuts), RULES)) {
    const { blocks, parents, offsets, timeMillis, coveredTokens } = columns;
    found.push(
      structuredClone({ blocks, parents, offsets, timeMillis, coveredTokens, conflictReferences }),
    );
  }
  return found;
}

describe('parseIds', () => {
  it('reads decimal u64, also as a JSON list', () => {
    const most = 2n ** 64n - 1n;
    expect(idsOf(`0,7,${most},${2n ** 63n},999999999999999`)).toEqual([
      0n,
      7n,
      most,
      2n ** 63n,
      999_999_999_999_999n,
    ]);
    expect(idsOf('[1, "2",18446744073709551615]')).toEqual([1n, 2n, most]);
    expect(idsOf('')).toEqual([]);
  });

  it('gives back every u64', () => {
    fc.assert(
      fc.property(fc.array(fc.bigInt(0n, 2n ** 64n - 1n)), (ids) => {
        expect(idsOf(ids.join(','))).toEqual(ids);
      }),
    );
  });

  it('refuses what is none', () => {
    expect(idsOf('18446744073709551616')).toContain('larger');
    expect(idsOf('99999999999999999999')).toContain('larger');
    expect(idsOf('1,-2')).toContain('something else');
    expect(idsOf('1.5')).toContain('something else');
  });
});

describe('readShards', () => {
  const row = (shard: string, timeMillis: number, ids: readonly number[]): ShardRow => ({
    ...{ shard, timeMillis, ids, inputTokens: ids.length * BLOCK_SIZE - 6, outputTokens: 1 },
  });

  it('numbers each shard for itself and keeps a partial last block', async () => {
    const text = [row('a', 5, [7, 8]), row('a', 5, [7, 9]), row('b', 1, [7])].map(encodeRow);
    const [first, second] = await read(Buffer.from(text.join('')));
    expect([...first.blocks]).toEqual([0, 1, 0, 2]);
    expect([...first.parents]).toEqual([0xffff_ffff, 0, 0]);
    expect([...first.coveredTokens]).toEqual([26, 26]);
    expect([...second.blocks]).toEqual([0]);
  });

  it('does not depend on how the bytes are cut', async () => {
    const bytes = Buffer.concat(sortedByShard(syntheticRows(3, 60), encodeRow));
    const whole = await read(bytes);
    expect(whole).toHaveLength(HOSTILE_NAMES.length);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(), { maxLength: 40 }), async (cuts) => {
        expect(await read(bytes, cuts)).toEqual(whole);
      }),
      { numRuns: 50 },
    );
  });

  it('counts an id under a second parent as another block', async () => {
    const text = [row('a', 0, [1, 2]), row('a', 1, [3, 2])].map(encodeRow).join('');
    const [{ blocks, conflictReferences }] = await read(Buffer.from(text));
    expect([...blocks]).toEqual([0, 1, 2, 3]);
    expect(conflictReferences).toBe(1);
  });

  it.each([
    ['a\t1\t16', 'shards.bad-row'],
    ['a\t1\t16\t1\tx', 'shards.bad-row'],
    ['a\tNaN\t16\t1\t1', 'shards.bad-row'],
    ['a\t1\t-16\t1\t1', 'shards.bad-row'],
    ['\t1\t16\t1\t1', 'shards.bad-row'],
    ['a\t1\t16\t1\t1\nb\t1\t16\t1\t1\na\t2\t16\t1\t1', 'shards.out-of-order'],
    ['a\t2\t16\t1\t1\na\t1\t16\t1\t1', 'shards.out-of-order'],
  ])('refuses %j as %s', async (text, code) => {
    await expect(read(Buffer.from(text))).rejects.toMatchObject({ code });
  });
});

describe('hashShard', () => {
  it('spreads ids evenly, also where they grow by a fixed step', () => {
    for (const step of [1, 16, 64, 4096]) {
      const counts = new Array<number>(16).fill(0);
      for (let i = 0; i < 16_000; i++) counts[hashShard(i * step, 0, 16)]++;
      expect(Math.max(...counts) / 1000).toBeLessThan(1.2);
      expect(Math.min(...counts) / 1000).toBeGreaterThan(0.8);
    }
  });

  it('is what whole numbers of any size give', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 2n ** 64n - 1n), fc.integer({ min: 1, max: 4096 }), (id, n) => {
        const prime = 2n ** 31n - 1n;
        const hash = ((1_664_525_003n * (id % prime) + 1_013_904_223n) % prime) % BigInt(n);
        expect(hashShard(Number(id & 0xffff_ffffn), Number(id >> 32n), n)).toBe(Number(hash));
      }),
    );
  });
});
