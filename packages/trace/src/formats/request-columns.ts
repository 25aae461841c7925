import { call, type Expr, F64, type Field, listOf, lit, TEXT, U64 } from '@wavetune/ir';
import { findColumn, requiredColumn } from '../find-column.ts';
import type { SampleColumn, TraceFormat } from '../trace-format.ts';
import {
  canonicalRows,
  chainRule,
  columnRecords,
  countRules,
  finiteRules,
  idRules,
  inputColumn,
} from './canonical.ts';
import { hasColumns } from './has-columns.ts';

const NAME = 'requests';
const BLOCK_TOKENS = 512;
const TIMES = ['timestamp', 'timestamp_ms', 'time_ms', 'arrival_ms'];
const INPUTS = ['input_length', 'input_tokens', 'prompt_tokens'];
const OUTPUTS = ['output_length', 'output_tokens', 'completion_tokens'];
const IDS = ['hash_ids', 'block_ids', 'block_hashes'];
const SESSIONS = ['session_id', 'session'];
const TENANTS = ['tenant', 'tenant_id'];
const MODELS = ['model', 'model_id', 'model_name'];
const NUMERIC_KINDS = ['i64', 'u64', 'f64'];

/** Requests in Parquet: the columns of a Mooncake row, hash ids as a list of u64; milliseconds, or timestamps. */
export const requestColumns: TraceFormat = {
  name: NAME,
  summary: 'requests in Parquet, columns as Mooncake’s keys; ids are LIST<UBIGINT>',
  keys: ['timestamp', 'input_length', 'hash_ids'],
  layouts: ['parquet'],
  chain: 'ids',
  idScope: 'shared',
  tail: 'count',
  detect: (sample) => hasColumns(sample, [IDS, INPUTS], ['key']),
  plan: (files, options, sample) => {
    const time = requiredColumn(sample, NAME, TIMES);
    const input = requiredColumn(sample, NAME, INPUTS);
    const ids = requiredColumn(sample, NAME, IDS);
    const output = findColumn(sample, OUTPUTS);
    const session = findColumn(sample, SESSIONS);
    const tenant = findColumn(sample, TENANTS);
    const model = findColumn(sample, MODELS);
    const isNumber = NUMERIC_KINDS.includes(time.kind);
    const columns: Field[] = [
      { name: time.name, type: isNumber ? F64 : TEXT },
      { name: input.name, type: F64 },
      { name: ids.name, type: listOf(U64) },
      ...[output ?? []].flat().map(({ name }) => ({ name, type: F64 })),
      ...[session ?? [], tenant ?? [], model ?? []]
        .flat()
        .map(({ name }) => ({ name, type: TEXT })),
    ];
    return canonicalRows({
      records: columnRecords('parquet', files, columns),
      columns: {
        time_ms: isNumber ? inputColumn(time.name) : call('parse_time_ms', inputColumn(time.name)),
        input_tokens: inputColumn(input.name),
        output_tokens: output ? call('coalesce', inputColumn(output.name), lit(0)) : lit(0),
        block_size: lit(options.blockSize ?? BLOCK_TOKENS),
        ids: inputColumn(ids.name),
        ...optional('session', session),
        ...optional('tenant', tenant),
        ...optional('model', model),
      },
      rules: [
        ...finiteRules('time_ms', time.name),
        ...countRules('input_tokens', input.name),
        ...countRules('output_tokens', output?.name ?? 'output'),
        ...idRules('ids', ids.name),
        chainRule('ids', ids.name, 'floor-or-ceil'),
      ],
    });
  },
};

function optional(name: string, column: SampleColumn | undefined): Readonly<Record<string, Expr>> {
  return column === undefined ? {} : { [name]: inputColumn(column.name) };
}
