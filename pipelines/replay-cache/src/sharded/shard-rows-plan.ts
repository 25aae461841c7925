import type { DetectedFiles } from '@wavetune/ingest';
import {
  aggregate,
  call,
  caseOf,
  cast,
  col,
  type Expr,
  extend,
  filter,
  I64,
  lit,
  type Plan,
  project,
  schemaOf,
  TEXT,
  tryCast,
  U64,
  union,
} from '@wavetune/ir';
import { HASH_FACTOR, HASH_PRIME, HASH_SUMMAND } from '@wavetune/shards';
import type { TraceOptions } from '@wavetune/trace';
import { replayCacheError } from '../replay-cache-errors.ts';
import { UNNAMED } from './local-shards.ts';
import type { Sharding } from './sharding.ts';

/** The columns that order a shard's rows, and those that a program gets of each, in this order. */
export const SHARD_ORDER = ['time_ms', 'file_number', 'record'];
export const SHARD_FIELDS = ['shard', 'time_ms', 'input_tokens', 'output_tokens', 'ids'];

/**
 * Canonical rows of all files, with their file's place among them and the shard that they belong to.
 *
 * @throws WavetuneError `replay-cache.not-on-engine` where chains are not u64 ids that mean the same in every file,
 *   `replay-cache.no-shards` where the format has no place for what shards go by.
 */
export function shardRowsPlan(
  { format, samples }: Pick<DetectedFiles, 'format' | 'samples'>,
  options: TraceOptions,
  sharding: Sharding,
): Plan {
  if (format.chain !== 'ids' || format.idScope === 'file') {
    throw replayCacheError('replay-cache.not-on-engine', { format: format.name });
  }
  const files = samples.map((sample, i) =>
    extend(format.plan([sample.path], options, sample), { file_number: lit(BigInt(i)) }),
  );
  const rows = files.length === 1 ? files[0] : union(...files.map(commonColumns));
  const named = sharding.by === 'hash' ? undefined : sharding.by;
  if (named !== undefined && !schemaOf(rows).some(({ name }) => name === named)) {
    throw replayCacheError('replay-cache.no-shards', { by: named });
  }
  return project(rows, {
    ...Object.fromEntries(PASSED.map((name) => [name, col(name)])),
    input_tokens: tryCast(col('input_tokens'), I64),
    output_tokens: tryCast(col('output_tokens'), I64),
    shard: shardOf(sharding),
  });
}

const PASSED = ['reason', 'record', 'file_number', 'time_ms', 'block_size', 'ids'];
const LABELS = ['tenant', 'model'];

/** Files of one format may differ in their optional columns. */
function commonColumns(rows: Plan): Plan {
  const known = new Set(schemaOf(rows).map(({ name }) => name));
  const labels = LABELS.map((name) => [name, known.has(name) ? col(name) : lit(null, TEXT)]);
  const rest = [...PASSED, 'input_tokens', 'output_tokens'].map((name) => [name, col(name)]);
  return project(rows, Object.fromEntries([...rest, ...labels]));
}

/** As `hashShard` has it, in a plan's whole numbers. */
function shardOf(sharding: Sharding): Expr {
  if (sharding.by !== 'hash') return call('coalesce', col(sharding.by), lit(UNNAMED));
  const depth = call('least', call('list_length', col('ids')), lit(BigInt(sharding.depth)));
  const isEmpty = call('eq', depth, lit(0n));
  const id = call('list_get', col('ids'), call('greatest', depth, lit(1n)));
  const reduced = cast(call('mod', id, lit(BigInt(HASH_PRIME), U64)), I64);
  const spread = call(
    'add',
    call('mul', lit(BigInt(HASH_FACTOR)), reduced),
    lit(BigInt(HASH_SUMMAND)),
  );
  const hash = call(
    'mod',
    call('mod', spread, lit(BigInt(HASH_PRIME))),
    lit(BigInt(sharding.count)),
  );
  return caseOf([[isEmpty, lit(0n)]], hash);
}

/** The rows that a replay sees. */
export function replayedRows(rows: Plan, sharding: Sharding): Plan {
  const good = filter(rows, call('is_null', col('reason')));
  if (sharding.by !== 'hash' || sharding.taken === sharding.count) return good;
  return filter(good, call('lt', col('shard'), lit(BigInt(sharding.taken))));
}

/** One row: how many rows there are and how many are bad, their block sizes, how many name what shards go by. */
export function shardFactsPlan(rows: Plan, sharding: Sharding): Plan {
  const isGood = call('is_null', col('reason'));
  const isNamed = sharding.by === 'hash' ? lit(true) : call('ne', col('shard'), lit(UNNAMED));
  const one = (holds: Expr): Expr => caseOf([[holds, lit(1n)]], lit(0n));
  const seen = project(rows, {
    good: one(isGood),
    named: one(call('and', isGood, isNamed)),
    size: caseOf([[isGood, col('block_size')]], lit(null, { kind: 'f64' })),
  });
  return aggregate(
    seen,
    {},
    {
      rows: { fn: 'count' },
      good: { fn: 'sum', args: [col('good')] },
      named: { fn: 'sum', args: [col('named')] },
      least_size: { fn: 'min', args: [col('size')] },
      most_size: { fn: 'max', args: [col('size')] },
    },
  );
}
