import { call, col, F64, field, listOf, lit, structOf, U64 } from '@wavetune/ir';
import type { TraceFormat } from '../trace-format.ts';
import {
  blockSizeRules,
  canonicalRows,
  chainRule,
  countRules,
  finiteRules,
  jsonIdRules,
  jsonLines,
  notJson,
} from './canonical.ts';
import { hasColumns } from './has-columns.ts';

const RECORD = structOf({
  timestamp: F64,
  input_length: F64,
  output_length: F64,
  block_size: F64,
  hash_ids: listOf(U64),
});

/** KVCache.AI's JSONL: the block size stands in the record; a log without times has all its requests at 0 ms. */
export const kvcacheAi: TraceFormat = {
  name: 'kvcache-ai',
  summary: 'KVCache.AI JSONL; the block size is in the record',
  keys: ['hash_ids', 'input_length', 'block_size'],
  layouts: ['json'],
  chain: 'ids',
  idScope: 'shared',
  tail: 'count',
  detect: (sample) =>
    hasColumns(sample, ['hash_ids', 'input_length', 'block_size'], ['chat_id', 'key']),
  plan: (files) =>
    canonicalRows({
      records: jsonLines(files, RECORD),
      text: col('text'),
      columns: {
        time_ms: call('coalesce', field(col('parsed'), 'timestamp'), lit(0)),
        input_tokens: field(col('parsed'), 'input_length'),
        output_tokens: call('coalesce', field(col('parsed'), 'output_length'), lit(0)),
        block_size: field(col('parsed'), 'block_size'),
        ids: field(col('parsed'), 'hash_ids'),
      },
      rules: [
        notJson,
        ...finiteRules('time_ms', 'timestamp'),
        ...countRules('input_tokens', 'input_length'),
        ...countRules('output_tokens', 'output_length'),
        ...blockSizeRules('block_size'),
        ...jsonIdRules('ids', 'hash_ids'),
        chainRule('ids', 'hash_ids', 'floor-or-ceil'),
      ],
    }),
};
