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
  chat_id: TEXT,
  parent_chat_id: TEXT,
  timestamp: F64,
  input_length: F64,
  output_length: F64,
  hash_ids: listOf(U64),
});
const BLOCK_TOKENS = 16;

/** Qwen-Bailian JSONL: seconds, 16-token blocks; a chat continues its parent chat and belongs to its session. */
export const qwenBailian: TraceFormat = {
  name: 'qwen-bailian',
  summary: 'Qwen-Bailian JSONL; seconds; a turn names the turn before it',
  keys: ['chat_id', 'parent_chat_id', 'timestamp', 'input_length', 'output_length', 'hash_ids'],
  layouts: ['json'],
  chain: 'ids',
  idScope: 'shared',
  tail: 'drop',
  detect: (sample) => hasColumns(sample, ['chat_id', 'timestamp', 'input_length', 'hash_ids']),
  plan: (files, options) =>
    canonicalRows({
      records: jsonLines(files, RECORD),
      text: col('text'),
      columns: {
        time_ms: call('mul', field(col('parsed'), 'timestamp'), lit(1000)),
        input_tokens: field(col('parsed'), 'input_length'),
        output_tokens: call('coalesce', field(col('parsed'), 'output_length'), lit(0)),
        block_size: lit(options.blockSize ?? BLOCK_TOKENS),
        session: field(col('parsed'), 'chat_id'),
        continues: field(col('parsed'), 'parent_chat_id'),
        ids: field(col('parsed'), 'hash_ids'),
      },
      rules: [
        notJson,
        ...finiteRules('time_ms', 'timestamp'),
        ...countRules('input_tokens', 'input_length'),
        ...countRules('output_tokens', 'output_length'),
        ...jsonIdRules('ids', 'hash_ids'),
        chainRule('ids', 'hash_ids', 'floor-or-ceil'),
      ],
    }),
};
