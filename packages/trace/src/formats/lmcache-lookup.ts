import { call, col, F64, field, listOf, lit, structOf, TEXT } from '@wavetune/ir';
import type { TraceFormat } from '../trace-format.ts';
import {
  blockSizeRules,
  canonicalRows,
  chainRule,
  countRules,
  finiteRules,
  jsonLines,
  missing,
  notJson,
} from './canonical.ts';
import { hasColumns } from './has-columns.ts';

const RECORD = structOf({
  timestamp: F64,
  chunk_size: F64,
  seq_len: F64,
  chunk_hashes: listOf(TEXT),
  model_name: TEXT,
});

/** LMCache's lookup log: seconds; full chunks only, `0x…` hashes; no output lengths. */
export const lmcacheLookup: TraceFormat = {
  name: 'lmcache-lookup',
  summary: 'LMCache lookup log, JSONL; full chunks; seconds',
  keys: ['timestamp', 'chunk_size', 'seq_len', 'chunk_hashes'],
  layouts: ['json'],
  chain: 'hex',
  idScope: 'shared',
  tail: 'drop',
  detect: (sample) => hasColumns(sample, ['chunk_size', 'seq_len', 'chunk_hashes']),
  plan: (files) =>
    canonicalRows({
      records: jsonLines(files, RECORD),
      text: col('text'),
      columns: {
        time_ms: call('mul', field(col('parsed'), 'timestamp'), lit(1000)),
        input_tokens: field(col('parsed'), 'seq_len'),
        output_tokens: lit(0),
        block_size: field(col('parsed'), 'chunk_size'),
        model: field(col('parsed'), 'model_name'),
        ids: field(col('parsed'), 'chunk_hashes'),
      },
      rules: [
        notJson,
        ...finiteRules('time_ms', 'timestamp'),
        ...countRules('input_tokens', 'seq_len'),
        ...blockSizeRules('chunk_size'),
        missing(col('ids'), 'chunk_hashes', 'list'),
        chainRule('ids', 'chunk_hashes', 'floor'),
      ],
    }),
};
