import {
  call,
  col,
  type Expr,
  F64,
  field,
  lit,
  type Plan,
  structOf,
  TEXT,
  type Type,
} from '@wavetune/ir';
import type { TraceFormat, TraceSample } from '../trace-format.ts';
import {
  canonicalRows,
  columnRecords,
  finiteRules,
  inputColumn,
  jsonLines,
  missing,
  notJson,
  quickRecords,
  type Rule,
  sizeRules,
} from './canonical.ts';
import { hasColumns } from './has-columns.ts';

const REQUIRED = {
  prefix_id: TEXT,
  tenant: TEXT,
  layer: TEXT,
  page_start: F64,
  page_end: F64,
  bytes: F64,
  timestamp_ms: F64,
};
const OPTIONAL: Readonly<Record<string, Type>> = {
  model_id: TEXT,
  latency_ms: F64,
  parent_prefix_id: TEXT,
  tokens: F64,
  prefill_ms: F64,
};
const RECORD = structOf({ ...REQUIRED, ...OPTIONAL });

/** Prefix events: a prefix is one block, its pages an inclusive range in a layer. Milliseconds. */
export const prefixEvents: TraceFormat = {
  name: 'prefix-events',
  summary: 'prefix events, JSONL, CSV or Parquet; a prefix is one block; carries page ranges',
  keys: Object.keys(REQUIRED),
  layouts: ['json', 'csv', 'parquet'],
  chain: 'key',
  idScope: 'shared',
  tail: 'count',
  detect: (sample) => hasColumns(sample, ['prefix_id', 'page_start', 'page_end', 'timestamp_ms']),
  plan: (files, _options, sample) => {
    const { layout } = sample;
    if (layout === 'json') {
      const json = (name: string): Expr => field(col('parsed'), name);
      const records = jsonLines(files, RECORD);
      return eventRows({ records, fieldOf: json, rules: [notJson], text: col('text') });
    }
    const columns = presentColumns(sample);
    const known = new Set(columns.map(({ name }) => name));
    const value = (name: string, type: Type): Expr =>
      known.has(name) ? inputColumn(name) : lit(null, type.kind === 'text' ? TEXT : F64);
    const records = columnRecords(layout, files, columns);
    return eventRows({ records, fieldOf: value, rules: [] });
  },
  quickPlan: (files, { layout }) => {
    if (layout !== 'json') return undefined;
    const columns = Object.entries({ ...REQUIRED, ...OPTIONAL }).map(([name, type]) => ({
      name,
      type,
    }));
    const records = quickRecords(files, columns);
    return eventRows({ records, fieldOf: inputColumn, rules: [] });
  },
};

/** What all layouts have in common. */
interface EventSource {
  readonly records: Plan;
  readonly fieldOf: (name: string, type: Type) => Expr;
  /** Tried before the others. */
  readonly rules: readonly Rule[];
  readonly text?: Expr;
}

function eventRows({ records, fieldOf, rules, text }: EventSource): Plan {
  return canonicalRows({
    records,
    ...(text && { text }),
    columns: {
      time_ms: fieldOf('timestamp_ms', F64),
      input_tokens: lit(0),
      output_tokens: lit(0),
      block_size: lit(1),
      key: fieldOf('prefix_id', TEXT),
      tenant: fieldOf('tenant', TEXT),
      model: fieldOf('model_id', TEXT),
      layer: call('coalesce', fieldOf('layer', TEXT), lit('')),
      page_start: fieldOf('page_start', F64),
      page_end: fieldOf('page_end', F64),
      bytes: fieldOf('bytes', F64),
      ...Object.fromEntries(
        Object.entries(OPTIONAL).map(([name, type]) => [name, fieldOf(name, type)]),
      ),
    },
    rules: [...rules, ...EVENT_RULES],
  });
}

const EVENT_RULES: readonly Rule[] = [
  missing(col('key'), 'prefix_id', 'text'),
  ...finiteRules('time_ms', 'timestamp_ms'),
  ...sizeRules('page_start', 'page_start'),
  ...sizeRules('page_end', 'page_end'),
  {
    broken: call('lt', col('page_end'), col('page_start')),
    reason: lit('page_end is less than page_start; the range is inclusive'),
  },
  ...sizeRules('bytes', 'bytes'),
];

function presentColumns(sample: TraceSample) {
  const present = new Set(sample.columns.map(({ name }) => name));
  return Object.entries({ ...REQUIRED, ...OPTIONAL }).flatMap(([name, type]) =>
    present.has(name) ? [{ name, type }] : [],
  );
}
