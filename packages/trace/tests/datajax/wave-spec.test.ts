import { existsSync, readFileSync } from 'node:fs';
import { canonicalJson } from '@wavetune/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildDatajaxWaveSpec, type DatajaxInput, hashLikePandas } from '../../src/index.ts';

const SHARED = process.env.WAVETUNE_SHARED_DATA ?? '../shared/data';
const GOLDEN = `${SHARED}/golden/datajax`;

function hashesOf(values: readonly string[]): BigUint64Array {
  const words = new Uint32Array(2 * values.length);
  hashLikePandas({ type: 'text', values }, words);
  return new BigUint64Array(words.buffer);
}

function specOf(hashes: readonly bigint[], rest: Partial<DatajaxInput> = {}) {
  return buildDatajaxWaveSpec({
    hashes: BigUint64Array.from(hashes),
    keyColumn: 'key',
    prefixLen: 2,
    pageBits: 20,
    topK: 64,
    ...rest,
  });
}

const u64s = fc.array(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), { maxLength: 40 });

describe('buildDatajaxWaveSpec', () => {
  it.skipIf(!existsSync(GOLDEN))(
    `equals the original on its sample log (skipped where ${GOLDEN} is missing)`,
    () => {
      const golden: unknown = JSON.parse(
        readFileSync(`${GOLDEN}/wavespec_prefix4_page20.json`, 'utf8'),
      );
      const [, ...lines] = readFileSync(`${GOLDEN}/sample_logs.csv`, 'utf8').trim().split('\n');
      const rows = lines.map((line) => line.split(','));
      const spec = buildDatajaxWaveSpec({
        hashes: hashesOf(rows.map(([key]) => key)),
        sizes: { column: 'size', bytes: rows.map(([, size]) => Number(size)) },
        keyColumn: 'key',
        prefixLen: 4,
        pageBits: 20,
        topK: 64,
      });
      expect(spec).toEqual(golden);
      expect(canonicalJson(spec)).toBe(canonicalJson(golden));
    },
  );

  it('keeps every digit of a page number past 2^53', () => {
    const spec = specOf([0xffff_ffff_ffff_fffen, 0xffff_ffff_ffff_ffffn, 2n ** 60n + 1n], {
      pageBits: 0,
    });
    expect(canonicalJson(spec.extents)).toBe(
      '[{"npages":1,"start_page":1152921504606846977},{"npages":2,"start_page":18446744073709551614}]',
    );
  });

  it('has one cohort a prefix, by count and then by prefix, and the first k of them', () => {
    const hashes = [3n << 60n, 1n << 60n, 2n << 60n, 2n << 60n, 2n << 60n];
    const sizes = { column: 'size', bytes: [1, 2.9, 4, 8, Number.NaN] };
    const cohorts = [
      { prefix: '2', count: 3, bytes: 12 },
      { prefix: '1', count: 1, bytes: 2 },
      { prefix: '3', count: 1, bytes: 1 },
    ];
    expect(specOf(hashes, { prefixLen: 1, sizes }).cohorts).toEqual(cohorts);
    expect(specOf(hashes, { prefixLen: 0, sizes, topK: 2 }).cohorts).toEqual(cohorts.slice(0, 2));
  });

  it('covers each page once with extents that do not touch, and counts prefixes as a set does', () => {
    fc.assert(
      fc.property(
        u64s,
        fc.integer({ min: 0, max: 70 }),
        fc.integer({ min: 1, max: 18 }),
        (hashes, pageBits, prefixLen) => {
          const spec = specOf(hashes, { pageBits, prefixLen, topK: undefined });
          const pages = new Set(hashes.map((hash) => hash >> BigInt(pageBits)));
          const covered = spec.extents.reduce((total, { npages }) => total + BigInt(npages), 0n);
          expect(covered).toBe(BigInt(pages.size));
          for (let i = 1; i < spec.extents.length; i++) {
            const before = spec.extents[i - 1];
            const end = BigInt(before.start_page) + BigInt(before.npages);
            expect(BigInt(spec.extents[i].start_page) > end).toBe(true);
          }
          const digits = hashes.map((hash) => hash.toString(16).padStart(16, '0'));
          for (let depth = 1; depth <= prefixLen; depth++) {
            const distinct = new Set(digits.map((text) => text.slice(0, depth))).size;
            expect(spec.prefix_histogram[depth]).toBe(distinct);
          }
          expect(spec.cohorts.reduce((total, { count }) => total + count, 0)).toBe(hashes.length);
        },
      ),
    );
  });

  it('summarises chunk lengths and windows as pandas does, rows without one left out', () => {
    const values = [1, 2, 3, Number.NaN, 4, 10.5];
    const { meta } = specOf([], { chunkLengths: { column: 'chunk', values } });
    expect(meta.chunk_len_summary).toEqual({
      count: 5,
      mean: 4.1,
      std: 3.352610922848042,
      min: 1,
      max: 10.5,
      p25: 2,
      p50: 3,
      p75: 4,
      p90: expect.closeTo(7.9, 12),
      p99: expect.closeTo(10.24, 12),
    });
    expect(meta.window_summary).toEqual({});
  });

  it('orders columns by use, then by name', () => {
    const usageCounts = { b: 1, a: 1, c: 3 };
    expect(specOf([], { usageCounts }).pack_order).toEqual(['c', 'a', 'b']);
  });

  it('makes an empty document of an empty log', () => {
    expect(specOf([])).toMatchObject({
      cohorts: [],
      extents: [],
      prefix_histogram: { 1: 0, 2: 0 },
    });
  });
});
