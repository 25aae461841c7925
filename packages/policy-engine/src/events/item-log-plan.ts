import {
  call,
  caseOf,
  col,
  type Expr,
  extend,
  F64,
  field,
  filter,
  lit,
  type Plan,
  parseJson,
  project,
  scan,
  structOf,
  TEXT,
  tryCast,
} from '@wavetune/ir';
import type { TimeUnit, TraceSample } from '@wavetune/trace';
import { eventError } from './event-errors.ts';

/** The columns of an item log by what they mean, as the log calls them. */
export type ItemColumns = Readonly<Record<ItemColumn, string | undefined>>;

export type ItemColumn = keyof typeof USUAL_NAMES;

/** How logs call the columns, the most usual first. */
export const USUAL_NAMES = {
  ts: ['ts', 'timestamp', 'timestamp_ms', 'time', 'time_ms', 'event_time'],
  user: ['user', 'user_id', 'userid', 'visitorid', 'visitor_id', 'session', 'session_id'],
  action: ['action', 'event', 'event_type', 'type', 'behavior'],
  item: ['item', 'item_id', 'itemid', 'product_id', 'sku'],
  category: ['category', 'category_id', 'category_code'],
  size: ['size', 'bytes', 'size_bytes'],
} as const;

const REQUIRED: readonly ItemColumn[] = ['ts', 'item'];
const MILLIS: Readonly<Record<TimeUnit, number>> = { s: 1000, ms: 1, us: 1e-3, ns: 1e-6 };
const DELIMITERS = ['\t', ';', '|'];
const QUOTED_CHARACTERS = 200n;

/** Undefined where the file's columns are not those of an item log. */
export function itemColumnsOf(sample: TraceSample): ItemColumns | undefined {
  const columns = findColumns(namesIn(sample));
  return REQUIRED.every((name) => columns[name] !== undefined) ? columns : undefined;
}

/**
 * The rows of an item log in order: `record` (line, or row of a CSV, from 1), `reason` (null for a good one), `bad_text`,
 * `time_ms` f64, `user`, `action`, `item`, `category` text, `size_bytes` f64, null where the log has none.
 *
 * JSON a line; CSV with commas and double quotes; lines split at tabs, semicolons or bars, which quote nothing.
 *
 * @throws WavetuneError `events.missing-columns`.
 */
export function itemLogPlan(sample: TraceSample, timeUnit: TimeUnit): Plan {
  const available = namesIn(sample);
  const found = findColumns(available);
  const missing = REQUIRED.filter((name) => found[name] === undefined);
  if (missing.length > 0) {
    throw eventError('events.missing-columns', { path: sample.path, missing, available });
  }
  const columns = sample.layout === 'json' ? withUsualNames(found) : found;
  const { records, rules, cellOf } = recordsOf(sample, columns, available);
  const text = (name: ItemColumn): Expr => {
    const column = columns[name];
    return column === undefined ? lit(null, TEXT) : cellOf(column);
  };
  const known = extend(records, {
    time_ms: timeOf(text('ts'), timeUnit),
    user: call('coalesce', text('user'), lit('')),
    action: call('coalesce', text('action'), lit('')),
    item: text('item'),
    category: call('coalesce', text('category'), lit('')),
    size_bytes: tryCast(text('size'), F64),
  });
  return judged(known, [
    ...rules,
    [call('is_null', col('time_ms')), `${columns.ts} is missing or is no time`],
    [isNotFinite(col('time_ms')), `${columns.ts} is no finite time`],
    [call('eq', call('coalesce', col('item'), lit('')), lit('')), `${columns.item} is missing`],
    [isBadSize(text('size')), `${columns.size} is no size in bytes`],
  ]);
}

type Rule = readonly [broken: Expr, reason: string];

function judged(known: Plan, rules: readonly Rule[]): Plan {
  const reason = caseOf(
    rules.map(([broken, text]) => [broken, lit(text)] as const),
    lit(null, TEXT),
  );
  const rows = extend(known, { reason });
  const quoted = call('substring', col('quoted'), lit(1n), lit(QUOTED_CHARACTERS));
  return project(rows, {
    record: col('record'),
    reason: col('reason'),
    bad_text: caseOf([[call('is_null', col('reason')), lit(null, TEXT)]], quoted),
    ...Object.fromEntries(
      ['time_ms', 'user', 'action', 'item', 'category', 'size_bytes'].map((n) => [n, col(n)]),
    ),
  });
}

interface Records {
  /** With `record` and `quoted`. */
  readonly records: Plan;
  readonly rules: readonly Rule[];
  readonly cellOf: (column: string) => Expr;
}

function recordsOf(
  { layout, path, columns: cells }: TraceSample,
  columns: ItemColumns,
  available: readonly string[],
): Records {
  const used = [...new Set(Object.values(columns).filter((name) => name !== undefined))];
  if (layout === 'json') return jsonRecords(path, used);
  const delimiter = layout === 'csv' ? delimiterOf(cells.map(({ name }) => name)) : undefined;
  if (delimiter !== undefined) return splitRecords(path, delimiter, available);
  const position = { file: 'wavetune.file', row: 'wavetune.row' };
  const source = used.map((name) => ({ name, type: TEXT }));
  const format = layout === 'parquet' ? 'parquet' : 'csv';
  const rows = scan({ format, files: [path], columns: source, position });
  const records = project(rows, {
    record: col(position.row),
    quoted: lit(null, TEXT),
    ...Object.fromEntries(used.map((name) => [`in.${name}`, col(name)])),
  });
  return { records, rules: [], cellOf: (name) => col(`in.${name}`) };
}

function jsonRecords(path: string, used: readonly string[]): Records {
  const lines = filter(
    scan({ format: 'lines', files: [path] }),
    call('ne', call('trim', col('text')), lit('')),
  );
  const type = structOf(Object.fromEntries(used.map((name) => [name, TEXT])));
  const records = extend(lines, {
    record: col('line'),
    quoted: col('text'),
    parsed: parseJson(col('text'), type),
  });
  const isObject = call('starts_with', call('trim', col('text')), lit('{'));
  const rules: readonly Rule[] = [
    [call('is_null', col('parsed')), 'not a JSON object'],
    [call('not', isObject), 'not a JSON object'],
  ];
  return { records, rules, cellOf: (name) => field(col('parsed'), name) };
}

function splitRecords(path: string, delimiter: string, available: readonly string[]): Records {
  const lines = filter(
    scan({ format: 'lines', files: [path] }),
    call('and', call('gt', col('line'), lit(1n)), call('ne', call('trim', col('text')), lit(''))),
  );
  const records = extend(lines, {
    record: col('line'),
    quoted: col('text'),
    cells: call('split', col('text'), lit(delimiter)),
  });
  const count = call('list_length', col('cells'));
  const rules: readonly Rule[] = [
    [call('ne', count, lit(BigInt(available.length))), `not ${available.length} cells`],
  ];
  return {
    records,
    rules,
    cellOf: (name) =>
      call('trim', call('list_get', col('cells'), lit(BigInt(available.indexOf(name) + 1)))),
  };
}

function namesIn({ layout, columns }: TraceSample): readonly string[] {
  const names = columns.map(({ name }) => name);
  const delimiter = layout === 'csv' ? delimiterOf(names) : undefined;
  return delimiter === undefined ? names : names[0].split(delimiter).map((name) => name.trim());
}

/** What separates the cells of a header that has no comma. */
function delimiterOf(names: readonly string[]): string | undefined {
  if (names.length !== 1) return undefined;
  return DELIMITERS.find((delimiter) => names[0].includes(delimiter));
}

function findColumns(available: readonly string[]): ItemColumns {
  const find = (names: readonly string[]): string | undefined =>
    names.flatMap((name) => available.find((found) => found.toLowerCase() === name) ?? [])[0];
  return {
    ts: find(USUAL_NAMES.ts),
    user: find(USUAL_NAMES.user),
    action: find(USUAL_NAMES.action),
    item: find(USUAL_NAMES.item),
    category: find(USUAL_NAMES.category),
    size: find(USUAL_NAMES.size),
  };
}

/** Records of JSON may have keys that the first one has not. */
function withUsualNames(columns: ItemColumns): ItemColumns {
  const names = Object.keys(USUAL_NAMES) as ItemColumn[];
  return Object.fromEntries(names.map((name) => [name, columns[name] ?? name])) as ItemColumns;
}

/** A number in the unit, or ISO 8601. */
function timeOf(text: Expr, unit: TimeUnit): Expr {
  const number = call('mul', tryCast(text, F64), lit(MILLIS[unit]));
  return call('coalesce', number, call('parse_time_ms', text));
}

function isNotFinite(value: Expr): Expr {
  const most = lit(Number.MAX_VALUE);
  return call(
    'not',
    call('and', call('ge', value, lit(-Number.MAX_VALUE)), call('le', value, most)),
  );
}

function isBadSize(text: Expr): Expr {
  const value = tryCast(text, F64);
  const isNumber = call('and', call('ge', value, lit(0)), call('le', value, lit(2 ** 29)));
  const isGiven = call('ne', call('coalesce', text, lit('')), lit(''));
  return call('and', isGiven, call('not', call('coalesce', isNumber, lit(false))));
}
