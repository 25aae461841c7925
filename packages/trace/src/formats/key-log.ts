import {
  call,
  col,
  type Expr,
  extend,
  F64,
  type Field,
  field,
  lit,
  type Plan,
  project,
  type ScalarType,
  TEXT,
  tryCast,
} from '@wavetune/ir';
import { chosenColumn, findColumn, missingColumns } from '../find-column.ts';
import { traceError } from '../trace-errors.ts';
import type {
  SampleColumn,
  TimeUnit,
  TraceFormat,
  TraceOptions,
  TraceSample,
} from '../trace-format.ts';
import {
  canonicalRows,
  columnRecords,
  finiteRules,
  inputColumn,
  jsonLines,
  missing,
  notJson,
  type Rule,
  sizeRules,
} from './canonical.ts';

const NAME = 'keys';
const KEYS = ['key'];
const SIZES = ['size', 'bytes', 'size_bytes'];
const TIMES = ['timestamp', 'timestamp_ms', 'time', 'ts'];
const TENANTS = ['tenant', 'tenant_id'];
const PAGES = ['page', 'page_id'];
const MILLIS: Readonly<Record<TimeUnit, number>> = { s: 1000, ms: 1, us: 1e-3, ns: 1e-6 };

/**
 * A log of keys, as CSV, JSONL or Parquet: a row is a request. Times are numbers in `timeUnit` (milliseconds unless said)
 * or ISO 8601; without them every request is at 0 ms, in the order of the log.
 */
export const keyLog: TraceFormat = {
  name: NAME,
  summary: 'keys with optional sizes, times, tenants and pages; CSV, JSONL or Parquet',
  keys: ['key'],
  layouts: ['csv', 'json', 'parquet'],
  chain: 'path',
  idScope: 'shared',
  tail: 'count',
  detect: (sample) => {
    const chosen = sample.options.columns?.key;
    const key = findColumn(sample, chosen === undefined ? KEYS : [chosen]);
    return key === undefined ? undefined : `key column ${key.name}`;
  },
  plan: (files, options, sample) => {
    const columns = keyColumnsOf(sample, options);
    const { records, readAs } = recordsOf(files, sample, columns);
    const { key, size, time, tenant, page } = columns;
    const rules: Rule[] = sample.layout === 'json' ? [notJson] : [];
    rules.push(missing(col('key_text'), key.name, 'text'));
    if (time) rules.push(...finiteRules('time_ms', time.name));
    if (size) rules.push(...sizeRules('bytes', size.name));
    if (page) rules.push(...sizeRules('page_start', page.name));
    const text = sample.layout === 'json' ? { text: col('text') } : {};
    const rows = canonicalRows({
      ...text,
      records: extend(records, { key_text: readAs(key, TEXT) }),
      columns: {
        time_ms: time ? timeOf(time, readAs, options.timeUnit ?? 'ms') : lit(0),
        input_tokens: lit(0),
        output_tokens: lit(0),
        block_size: lit(1),
        key: col('key_text'),
        ...(size ? { bytes: readAs(size, F64) } : {}),
        ...(tenant ? { tenant: readAs(tenant, TEXT) } : {}),
        ...(page ? pagesOf(readAs(page, F64)) : {}),
      },
      rules,
    });
    return rows;
  },
};

/** A plan of a key log's bare rows, and what the log calls its columns. */
export interface KeyRowsPlan {
  readonly plan: Plan;
  readonly keyName: string;
  readonly sizeName: string | undefined;
}

/**
 * The rows of a key log as they stand, in order: `key` as it is stored (text from CSV and JSON), `size` f64 where the log
 * has one. Nothing is judged.
 *
 * @throws WavetuneError `trace.missing-columns`.
 */
export function keyRowsPlan(
  files: readonly string[],
  options: TraceOptions,
  sample: TraceSample,
): KeyRowsPlan {
  const columns = keyColumnsOf(sample, options);
  const { key, size } = columns;
  const { records, readAs } = recordsOf(files, sample, columns);
  const plan = project(records, {
    key: readAs(key, storedType(sample, key)),
    ...(size ? { size: readAs(size, F64) } : {}),
  });
  return { plan, keyName: key.name, sizeName: size?.name };
}

/** Reads a column of the log as a type. */
type ReadAs = (column: SampleColumn, type: ScalarType) => Expr;

/** A key log's columns. */
interface FoundKeyColumns {
  readonly key: SampleColumn;
  readonly size: SampleColumn | undefined;
  readonly time: SampleColumn | undefined;
  readonly tenant: SampleColumn | undefined;
  readonly page: SampleColumn | undefined;
}

/**
 * The columns by their options or their usual names.
 *
 * @throws WavetuneError `trace.missing-columns`; `trace.bad-option` where two options name one column.
 */
function keyColumnsOf(sample: TraceSample, { columns = {} }: TraceOptions): FoundKeyColumns {
  const key = chosenColumn(sample, NAME, columns.key, KEYS);
  if (key === undefined) throw missingColumns(sample, NAME, ['key']);
  const named = [key.name, ...Object.values(columns)];
  const usualOf = {
    ...sample,
    columns: sample.columns.filter(({ name }) => !named.includes(name)),
  };
  const columnOf = (chosen: string | undefined, usual: readonly string[]) =>
    chosen === undefined ? findColumn(usualOf, usual) : chosenColumn(sample, NAME, chosen, usual);
  const found = {
    key,
    size: columnOf(columns.size, SIZES),
    time: columnOf(columns.timestamp, TIMES),
    tenant: columnOf(columns.tenant, TENANTS),
    page: columnOf(columns.page, PAGES),
  };
  const names = Object.values(found).flatMap((column) => column?.name ?? []);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) {
    const accepted = 'a column of its own for each meaning';
    throw traceError('trace.bad-option', {
      option: `column "${twice}"`,
      found: 'named twice',
      accepted,
    });
  }
  return found;
}

interface Records {
  readonly records: Plan;
  readonly readAs: ReadAs;
}

/** Rows with `record`, and how a column is read from them. Text keeps what a number's column loses. */
function recordsOf(
  files: readonly string[],
  sample: TraceSample,
  columns: FoundKeyColumns,
): Records {
  const fields = Object.values(columns).flatMap((column): Field[] =>
    column === undefined ? [] : [{ name: column.name, type: storedType(sample, column) }],
  );
  const readAs =
    (read: (name: string) => Expr): ReadAs =>
    (column, type) =>
      storedType(sample, column).kind === type.kind
        ? read(column.name)
        : tryCast(read(column.name), type);
  if (sample.layout === 'json') {
    const records = jsonLines(files, { kind: 'struct', fields });
    return { records, readAs: readAs((name) => field(col('parsed'), name)) };
  }
  const records = columnRecords(sample.layout, files, fields);
  return { records, readAs: readAs(inputColumn) };
}

const NUMERIC_KINDS = ['i64', 'u64', 'f64'];

/** Numbers of a Parquet file are read as numbers; all else as text. */
function storedType({ layout }: TraceSample, { kind }: SampleColumn): ScalarType {
  return layout === 'parquet' && NUMERIC_KINDS.includes(kind)
    ? { kind: kind as 'i64' | 'u64' | 'f64' }
    : TEXT;
}

function timeOf(column: SampleColumn, readAs: ReadAs, unit: TimeUnit): Expr {
  const number = call('mul', readAs(column, F64), lit(MILLIS[unit]));
  if (NUMERIC_KINDS.includes(column.kind)) return number;
  return call('coalesce', number, call('parse_time_ms', readAs(column, TEXT)));
}

function pagesOf(page: Expr): Readonly<Record<string, Expr>> {
  return { layer: lit(''), page_start: page, page_end: page };
}
