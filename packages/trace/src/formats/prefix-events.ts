import { call, col, F64, field, lit, structOf, TEXT } from '@wavetune/ir';
import type { TraceFormat } from '../trace-format.ts';
import { canonicalRows, finiteRules, jsonLines, missing, notJson, sizeRules } from './canonical.ts';
import { hasColumns } from './has-columns.ts';

const RECORD = structOf({
  prefix_id: TEXT,
  tenant: TEXT,
  layer: TEXT,
  page_start: F64,
  page_end: F64,
  bytes: F64,
  timestamp_ms: F64,
});

/** JSONL of prefix events: a prefix is one block, its pages an inclusive range in a layer. Milliseconds. */
export const prefixEvents: TraceFormat = {
  name: 'prefix-events',
  summary: 'prefix events JSONL; a prefix is one block; carries page ranges',
  keys: ['prefix_id', 'tenant', 'layer', 'page_start', 'page_end', 'bytes', 'timestamp_ms'],
  layouts: ['json'],
  chain: 'key',
  idScope: 'shared',
  tail: 'count',
  detect: (sample) => hasColumns(sample, ['prefix_id', 'page_start', 'page_end', 'timestamp_ms']),
  plan: (files) =>
    canonicalRows({
      records: jsonLines(files, RECORD),
      text: col('text'),
      columns: {
        time_ms: field(col('parsed'), 'timestamp_ms'),
        input_tokens: lit(0),
        output_tokens: lit(0),
        block_size: lit(1),
        key: field(col('parsed'), 'prefix_id'),
        tenant: field(col('parsed'), 'tenant'),
        layer: call('coalesce', field(col('parsed'), 'layer'), lit('')),
        page_start: field(col('parsed'), 'page_start'),
        page_end: field(col('parsed'), 'page_end'),
        bytes: field(col('parsed'), 'bytes'),
      },
      rules: [
        notJson,
        missing(col('key'), 'prefix_id', 'text'),
        ...finiteRules('time_ms', 'timestamp_ms'),
        ...sizeRules('page_start', 'page_start'),
        ...sizeRules('page_end', 'page_end'),
        {
          broken: call('lt', col('page_end'), col('page_start')),
          reason: lit('page_end is less than page_start; the range is inclusive'),
        },
        ...sizeRules('bytes', 'bytes'),
      ],
    }),
};
