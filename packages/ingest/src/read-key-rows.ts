import type { QueryEngine, Vector } from '@wavetune/engine';
import { type KeyColumn, keyRowsPlan, type TraceOptions } from '@wavetune/trace';
import { detectFiles } from './detect-files.ts';
import { ingestError } from './ingest-errors.ts';

/** A key log as it stands, in order. */
export interface KeyRows {
  /**
   * From Parquet as it is stored. From CSV and JSONL, as pandas would infer: integers where every key is one (or missing,
   * which makes them floats), else floats where every key is a number, else text.
   */
  readonly key: KeyColumn;
  readonly keyName: string;
  /** NaN where a row has none; undefined where the log has no sizes. */
  readonly sizes: Float64Array | undefined;
  readonly sizeName: string | undefined;
}

/** As `readTrace` has them; the format is that of key logs. */
export interface ReadKeyRowsOptions {
  readonly files: readonly string[];
  readonly options?: TraceOptions;
  readonly engine: QueryEngine;
}

const INTEGER = /^[+-]?\d{1,19}$/;
const LARGEST_I64 = 2n ** 63n - 1n;

/**
 * Reads the keys and sizes of a log and judges nothing: for what must see every row as it is.
 *
 * @throws WavetuneError `ingest.needs-file-order`, `ingest.no-files`, `ingest.no-requests`, `trace.*`, `engine.*`.
 */
export async function readKeyRows(source: ReadKeyRowsOptions): Promise<KeyRows> {
  const { files, options = {}, engine } = source;
  if (!engine.keepsFileOrder) throw ingestError('ingest.needs-file-order', {});
  const { samples } = await detectFiles(files, 'keys', options, engine);
  const { plan, keyName, sizeName } = keyRowsPlan(files, options, samples[0]);
  const keys: Vector[] = [];
  const sizes: Float64Array[] = [];
  const rowCounts: number[] = [];
  for await (const { rowCount, columns } of engine.stream(plan)) {
    rowCounts.push(rowCount);
    keys.push(columns[0]);
    const size = columns[1];
    if (size?.kind === 'f64') sizes.push(nanWhereNull(size, rowCount));
  }
  if (rowCounts.length === 0) throw ingestError('ingest.no-requests', { files, format: 'keys' });
  return {
    key: keyColumn(keys, rowCounts),
    keyName,
    sizeName,
    sizes: sizeName ? joined(sizes) : undefined,
  };
}

function nanWhereNull(size: Extract<Vector, { kind: 'f64' }>, rowCount: number): Float64Array {
  return Float64Array.from({ length: rowCount }, (_, row) =>
    size.isNull(row) ? Number.NaN : size.values[row],
  );
}

function joined(parts: readonly Float64Array[]): Float64Array {
  const whole = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function keyColumn(chunks: readonly Vector[], rowCounts: readonly number[]): KeyColumn {
  if (chunks[0].kind === 'text') {
    return inferred(chunks.flatMap((chunk) => (chunk.kind === 'text' ? chunk.values : [])));
  }
  const nulls = chunks.flatMap((chunk, i) =>
    Array.from({ length: rowCounts[i] }, (_, row) => chunk.isNull(row)),
  );
  const isNull = (row: number): boolean => nulls[row];
  if (chunks[0].kind === 'f64') {
    const values = joined(
      chunks.flatMap((c, i) => (c.kind === 'f64' ? c.values.subarray(0, rowCounts[i]) : [])),
    );
    return { type: 'float', values, isNull };
  }
  const words = new Uint32Array(2 * nulls.length);
  let at = 0;
  for (const [i, chunk] of chunks.entries()) {
    if (chunk.kind === 'u64' || chunk.kind === 'i64')
      words.set(chunk.words.subarray(0, 2 * rowCounts[i]), at);
    at += 2 * rowCounts[i];
  }
  return { type: 'integer', words, isNull };
}

function inferred(values: readonly (string | null)[]): KeyColumn {
  const isMissing = (value: string | null): boolean => value === null || value === '';
  const isInteger = (value: string): boolean => {
    if (!INTEGER.test(value)) return false;
    const number = BigInt(value.replace(/^\+/, ''));
    return number <= LARGEST_I64 && number >= -LARGEST_I64 - 1n;
  };
  if (values.every((value) => value !== null && isInteger(value))) {
    const words = new BigInt64Array(values.map((value) => BigInt(value!.replace(/^\+/, ''))));
    return { type: 'integer', words: new Uint32Array(words.buffer) };
  }
  const isNumber = (value: string): boolean => value.trim() !== '' && !Number.isNaN(Number(value));
  if (
    values.some((value) => !isMissing(value)) &&
    values.every((v) => isMissing(v) || isNumber(v!))
  ) {
    const numbers = Float64Array.from(values, (value) =>
      isMissing(value) ? Number.NaN : Number(value),
    );
    return { type: 'float', values: numbers, isNull: (row) => Number.isNaN(numbers[row]) };
  }
  return { type: 'text', values: values.map((value) => (value === '' ? null : value)) };
}
