import { call, col, F64, field, listOf, lit, structOf, tryCast, U64 } from '@wavetune/ir';
import type { TraceFormat } from '../trace-format.ts';
import {
  canonicalRows,
  countRules,
  finiteRules,
  jsonIdRules,
  jsonLines,
  LARGEST_COUNT,
  notJson,
} from './canonical.ts';
import { hasColumns } from './has-columns.ts';

const RECORD = structOf({
  input_toks: F64,
  output_toks: F64,
  arrival_time_ns: F64,
  input_tok_ids: listOf(U64),
});
const BLOCK_TOKENS = 16;
const NANOS_A_MILLI = 1e6;

/** JSONL of token ids; nanoseconds. The ids are the prompt: they are hashed and go nowhere else. */
export const tokenIds: TraceFormat = {
  name: 'token-ids',
  summary: 'token-id JSONL; hashed as vLLM does (sha256_cbor)',
  keys: ['input_tok_ids', 'arrival_time_ns', 'output_toks'],
  layouts: ['json'],
  chain: 'tokens',
  idScope: 'shared',
  tail: 'drop',
  detect: (sample) => hasColumns(sample, ['input_tok_ids']),
  plan: (files, options) =>
    canonicalRows({
      records: jsonLines(files, RECORD),
      columns: {
        time_ms: call('div', field(col('parsed'), 'arrival_time_ns'), lit(NANOS_A_MILLI)),
        input_tokens: tryCast(call('list_length', field(col('parsed'), 'input_tok_ids')), F64),
        output_tokens: call('coalesce', field(col('parsed'), 'output_toks'), lit(0)),
        block_size: lit(options.blockSize ?? BLOCK_TOKENS),
        ids: field(col('parsed'), 'input_tok_ids'),
      },
      rules: [
        notJson,
        ...finiteRules('time_ms', 'arrival_time_ns'),
        ...countRules('output_tokens', 'output_toks'),
        ...jsonIdRules('ids', 'input_tok_ids'),
        {
          broken: call('gt', call('list_max', col('ids')), lit(BigInt(LARGEST_COUNT), U64)),
          reason: lit(`input_tok_ids holds a number past ${LARGEST_COUNT}`),
        },
        {
          broken: call('ne', field(col('parsed'), 'input_toks'), col('input_tokens')),
          reason: lit('input_toks is not the number of input_tok_ids'),
        },
      ],
    }),
};
