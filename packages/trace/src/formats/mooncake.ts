import { call, col, F64, field, listOf, lit, structOf, TEXT, U64 } from '@wavetune/ir';
import type { TraceFormat } from '../trace-format.ts';
import {
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
  created_time: F64,
  input_length: F64,
  input_tokens: F64,
  output_length: F64,
  output_tokens: F64,
  hash_ids: listOf(U64),
  session_id: TEXT,
  tenant: TEXT,
  model: TEXT,
});
const BLOCK_TOKENS = 512;

const either = (a: string, b: string) =>
  call('coalesce', field(col('parsed'), a), field(col('parsed'), b));

/** Mooncake's release and Dynamo's rows, which name the lengths and the time also otherwise. Milliseconds. */
export const mooncake: TraceFormat = {
  name: 'mooncake',
  summary: 'Mooncake JSONL and Dynamo’s Mooncake rows; the partial last block has an id',
  keys: ['timestamp', 'input_length', 'output_length', 'hash_ids'],
  layouts: ['json'],
  chain: 'ids',
  idScope: 'shared',
  tail: 'count',
  detect: (sample) =>
    hasColumns(
      sample,
      ['hash_ids', ['input_length', 'input_tokens'], ['timestamp', 'created_time']],
      ['chat_id', 'block_size'],
    ),
  plan: (files, options) =>
    canonicalRows({
      records: jsonLines(files, RECORD),
      text: col('text'),
      columns: {
        time_ms: either('timestamp', 'created_time'),
        input_tokens: either('input_length', 'input_tokens'),
        output_tokens: call('coalesce', either('output_length', 'output_tokens'), lit(0)),
        block_size: lit(options.blockSize ?? BLOCK_TOKENS),
        session: field(col('parsed'), 'session_id'),
        tenant: field(col('parsed'), 'tenant'),
        model: field(col('parsed'), 'model'),
        ids: field(col('parsed'), 'hash_ids'),
      },
      rules: [
        notJson,
        ...finiteRules('time_ms', 'timestamp'),
        ...countRules('input_tokens', 'input_length'),
        ...countRules('output_tokens', 'output_length'),
        ...jsonIdRules('ids', 'hash_ids'),
        chainRule('ids', 'hash_ids', 'ceil'),
      ],
    }),
};
