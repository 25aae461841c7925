import { summariseNumbers } from './number-summary.ts';

/** A key log, hashed. */
export interface DatajaxInput {
  /** As {@link hashLikePandas} gives them; row i's size is `sizes[i]`. */
  readonly hashes: BigUint64Array;
  /** Bytes a row, cut to whole ones; NaN, for a row without a size, adds none. */
  readonly sizes?: { readonly column: string; readonly bytes: ArrayLike<number> };
  readonly keyColumn: string;
  /** A column of chunk lengths to summarise; NaN where a row has none. */
  readonly chunkLengths?: { readonly column: string; readonly values: ArrayLike<number> };
  /** A column of windows to summarise; NaN where a row has none. */
  readonly windows?: { readonly column: string; readonly values: ArrayLike<number> };
  /** How often each column was used; without it, the key column alone. */
  readonly usageCounts?: Readonly<Record<string, number>>;
  /** Hex digits that make a cohort. */
  readonly prefixLen: number;
  /** Low bits of a hash that lie within one page. */
  readonly pageBits: number;
  /** Cohorts that are kept; `undefined` keeps all. */
  readonly topK: number | undefined;
}

/** An integer that JSON writes with all its digits: bigint past 2^53. */
export type JsonInteger = number | bigint;

/** The document of the original, field for field. */
export interface DatajaxWaveSpec {
  readonly pack_order: readonly string[];
  readonly cohorts: readonly {
    readonly prefix: string;
    readonly count: number;
    readonly bytes: JsonInteger | null;
  }[];
  readonly extents: readonly { readonly start_page: JsonInteger; readonly npages: JsonInteger }[];
  readonly meta: {
    readonly page_bits: number;
    readonly row_count: number;
    readonly approx_bytes: JsonInteger | null;
    readonly key_column: string;
    readonly size_column: string | null;
    readonly prefix_len: number;
    readonly chunk_len_column: string | null;
    readonly chunk_len_summary: Readonly<Record<string, number>>;
    readonly window_column: string | null;
    readonly window_summary: Readonly<Record<string, number>>;
  };
  readonly prefix_histogram: Readonly<Record<string, number>>;
}

const HASH_DIGITS = 16;

/**
 * The WaveSpec that datajax makes of a key log, digit for digit.
 *
 * Cohorts are ordered by count, descending, ties by prefix (the original leaves ties to an unstable sort). A hash scatters
 * neighbours: these cohorts are shards of the key space, not prefixes that keys share.
 *
 * Cost: one sort of the hashes, O(n log n), and one map entry a cohort.
 */
export function buildDatajaxWaveSpec(input: DatajaxInput): DatajaxWaveSpec {
  const sorted = BigUint64Array.from(input.hashes).sort();
  const usage = Object.entries(input.usageCounts ?? { [input.keyColumn]: input.hashes.length });
  return {
    pack_order: usage.sort((a, b) => b[1] - a[1] || compareText(a[0], b[0])).map(([name]) => name),
    cohorts: cohortsOf(input),
    extents: coalescePages(sorted, input.pageBits),
    meta: {
      page_bits: input.pageBits,
      row_count: input.hashes.length,
      approx_bytes: input.sizes ? toJsonInteger(sum(input.sizes.bytes)) : null,
      key_column: input.keyColumn,
      size_column: input.sizes?.column ?? null,
      prefix_len: input.prefixLen,
      chunk_len_column: input.chunkLengths?.column ?? null,
      chunk_len_summary: { ...summariseNumbers(input.chunkLengths?.values ?? []) },
      window_column: input.windows?.column ?? null,
      window_summary: { ...summariseNumbers(input.windows?.values ?? []) },
    },
    prefix_histogram: prefixHistogram(sorted, Math.max(1, input.prefixLen)),
  };
}

function cohortsOf(input: DatajaxInput): DatajaxWaveSpec['cohorts'] {
  const digits = Math.min(HASH_DIGITS, Math.max(1, input.prefixLen));
  const shift = BigInt(4 * (HASH_DIGITS - digits));
  const cohorts = new Map<bigint, { count: number; bytes: bigint }>();
  for (let row = 0; row < input.hashes.length; row++) {
    const prefix = input.hashes[row] >> shift;
    let cohort = cohorts.get(prefix);
    if (cohort === undefined) {
      cohort = { count: 0, bytes: 0n };
      cohorts.set(prefix, cohort);
    }
    cohort.count++;
    if (input.sizes) cohort.bytes += wholeBytes(input.sizes.bytes[row]);
  }
  return [...cohorts]
    .sort(([a, x], [b, y]) => y.count - x.count || (a < b ? -1 : 1))
    .slice(0, input.topK)
    .map(([prefix, { count, bytes }]) => ({
      prefix: prefix.toString(16).padStart(digits, '0'),
      count,
      bytes: input.sizes ? toJsonInteger(bytes) : null,
    }));
}

function coalescePages(sorted: BigUint64Array, pageBits: number): DatajaxWaveSpec['extents'] {
  const shift = BigInt(Math.max(0, pageBits));
  const extents: { start_page: JsonInteger; npages: JsonInteger }[] = [];
  let start = 0n;
  let end = -1n;
  const close = (): void => {
    extents.push({ start_page: toJsonInteger(start), npages: toJsonInteger(end - start + 1n) });
  };
  for (const hash of sorted) {
    const page = hash >> shift;
    if (end >= 0n && page <= end + 1n) {
      end = page;
      continue;
    }
    if (end >= 0n) close();
    start = page;
    end = page;
  }
  if (end >= 0n) close();
  return extents;
}

/** Distinct prefixes of each length: neighbours in order differ from their first differing digit on. */
function prefixHistogram(sorted: BigUint64Array, depth: number): Readonly<Record<string, number>> {
  const startingAt = new Array<number>(HASH_DIGITS + 1).fill(0);
  for (let i = 1; i < sorted.length; i++) {
    const difference = sorted[i] ^ sorted[i - 1];
    if (difference > 0n) startingAt[HASH_DIGITS + 1 - difference.toString(16).length]++;
  }
  const histogram: Record<string, number> = {};
  let distinct = Math.min(1, sorted.length);
  for (let digits = 1; digits <= depth; digits++) {
    distinct += startingAt[digits] ?? 0;
    histogram[String(digits)] = distinct;
  }
  return histogram;
}

function sum(bytes: ArrayLike<number>): bigint {
  let total = 0n;
  for (let row = 0; row < bytes.length; row++) total += wholeBytes(bytes[row]);
  return total;
}

function wholeBytes(bytes: number): bigint {
  return Number.isNaN(bytes) ? 0n : BigInt(Math.trunc(bytes));
}

function toJsonInteger(value: bigint): JsonInteger {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
