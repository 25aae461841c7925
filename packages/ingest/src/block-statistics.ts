import { NONE } from '@wavetune/core';
import {
  aggregate,
  asc,
  call,
  caseOf,
  cast,
  col,
  desc,
  type Expr,
  extend,
  F64,
  filter,
  I64,
  join,
  lit,
  type Plan,
  project,
  scan,
  sort,
  TEXT,
  tryCast,
  unnest,
} from '@wavetune/ir';
import { countBlocks } from './count-blocks.ts';
import { NO_TENANT } from './read-chunk.ts';
import type { ReadTrace } from './read-trace.ts';

/** What a block's bytes are made of. */
export interface BlockStatisticsOptions {
  /** What KV takes, a token or a page of one block; undefined where nobody said, and then bytes are null. */
  readonly size: { readonly per: 'token' | 'page'; readonly bytes: number } | undefined;
  /** Also a column `score_units`, see {@link ScoreUnits}. */
  readonly score?: ScoreUnits;
}

/**
 * Decayed popularity in whole units: `Σ ⌊2^((t − landmark) / halfLife) × 2^36⌋` over a block's references, none of which is
 * younger than the landmark. Whole numbers add up to the same sum in every order, so that no engine, thread or batch
 * changes a bit. A block takes 2^27 references before its sum overflows, which fails the query.
 */
export interface ScoreUnits {
  readonly halfLifeMillis: number;
  readonly landmarkMillis: number;
}

/** Units of one reference at the landmark. */
export const SCORE_UNIT = 2 ** 36;

const COLUMNS = {
  id: col('id'),
  parent: col('parent'),
  depth: col('depth'),
  count: col('count'),
  first_seen_ms: col('first_seen_ms'),
  last_seen_ms: col('last_seen_ms'),
  tokens: col('tokens'),
  bytes: col('bytes'),
  tenants: col('tenants'),
};

/**
 * The table of a trace's blocks: `id, parent` (names as `BlockNames` has them, null for a root), `depth` from 1, `count` of
 * references, `first_seen_ms, last_seen_ms`, `tokens`, `bytes`, `tenants` (how many); most referenced first, then by id.
 *
 * Logs of block ids are read again, by a plan over the same canonical rows. The chains of token and key logs are not in
 * reach of a plan, so theirs is a table of values, made from the columns.
 */
export function blockStatisticsPlan(trace: ReadTrace, options: BlockStatisticsOptions): Plan {
  const columns =
    options.score === undefined ? COLUMNS : { ...COLUMNS, score_units: col('score_units') };
  const rows = project(blocksOf(trace, options), columns);
  return sort(rows, desc(col('count')), asc(col('id')), asc(col('parent')));
}

/** Of {@link blockStatisticsPlan} what adds up over traces, with `score_units`, in no order: nothing distinct is counted or sorted. */
export function blockSumsPlan(trace: ReadTrace, score: ScoreUnits): Plan {
  const { bytes: _bytes, tenants: _tenants, ...columns } = COLUMNS;
  const rows = blocksOf(trace, { size: undefined, score });
  return project(rows, { ...columns, score_units: col('score_units') });
}

function blocksOf(trace: ReadTrace, options: BlockStatisticsOptions): Plan {
  const { chain } = trace.source.format;
  return chain === 'ids' || chain === 'hex'
    ? countedInPlan(trace, chain, options)
    : values(trace, options);
}

function countedInPlan(
  trace: ReadTrace,
  chain: 'ids' | 'hex',
  { size, score }: BlockStatisticsOptions,
): Plan {
  const references = referencesOf(trace);
  const before = call('list_get', col('chain'), call('sub', col('depth'), lit(1n)));
  const isRoot = call('eq', col('depth'), lit(1n));
  const text = (id: Expr): Expr => tryCast(chain === 'hex' ? call('parse_hex', id) : id, TEXT);
  const named = (id: Expr): Expr => call('concat', col('namespace'), id);
  const full = call('mul', tryCast(call('sub', col('depth'), lit(1n)), F64), col('block_size'));
  const judged = extend(references, {
    block: named(text(col('item'))),
    above: caseOf(
      [[isRoot, lit(null, TEXT)]],
      named(text(caseOf([[isRoot, col('item')]], before))),
    ),
    block_tokens: call('least', col('block_size'), call('sub', col('input_tokens'), full)),
    units: score === undefined ? lit(0n) : unitsOf(score),
  });
  const counted = aggregate(
    judged,
    { id: col('block'), parent: col('above'), depth: col('depth') },
    {
      count: { fn: 'count' },
      first_seen_ms: { fn: 'min', args: [col('time_ms')] },
      last_seen_ms: { fn: 'max', args: [col('time_ms')] },
      tokens: { fn: 'max', args: [col('block_tokens')] },
      tenants: { fn: 'count_distinct', args: [col('tenant_name')] },
      ...(score === undefined ? {} : { score_units: { fn: 'sum', args: [col('units')] } as const }),
    },
  );
  return extend(counted, { bytes: bytesOf(size) });
}

function unitsOf({ halfLifeMillis, landmarkMillis }: ScoreUnits): Expr {
  const halfLives = call(
    'div',
    call('sub', col('time_ms'), lit(landmarkMillis)),
    lit(halfLifeMillis),
  );
  return cast(call('floor', call('mul', call('exp2', halfLives), lit(SCORE_UNIT))), I64);
}

function bytesOf(size: BlockStatisticsOptions['size']): Expr {
  if (size === undefined) return lit(null, F64);
  return size.per === 'page' ? lit(size.bytes) : call('mul', col('tokens'), lit(size.bytes));
}

/** A row a reference, with `chain`, `item`, `depth` and the `namespace` that goes before an id. */
function referencesOf({ source, quality }: ReadTrace): Plan {
  const { format, options, samples } = source;
  const paths = samples.map(({ path }) => path);
  const rows = filter(format.plan(paths, options, samples[0]), call('is_null', col('reason')));
  const isNamespaced = format.idScope === 'file';
  const spaces = scan({
    format: 'values',
    columns: [
      { name: 'space_file', type: TEXT },
      { name: 'space', type: TEXT },
    ],
    rows: paths.map((path) => [path, `${source.namespaceOf(path)}:`]),
  });
  const spaced = isNamespaced
    ? join('inner', rows, spaces, [[col('file'), col('space_file')]])
    : rows;
  const length = call('list_length', col('ids'));
  const full = tryCast(call('floor', call('div', col('input_tokens'), col('block_size'))), I64);
  const kept = quality.tail === 'drop' ? call('least', length, full) : length;
  const hasTenant = source.columns.includes('tenant');
  const requests = project(spaced, {
    namespace: isNamespaced ? col('space') : lit(''),
    tenant_name: hasTenant ? call('coalesce', col('tenant'), lit(NO_TENANT)) : lit(NO_TENANT),
    time_ms: col('time_ms'),
    input_tokens: col('input_tokens'),
    block_size: col('block_size'),
    chain: col('ids'),
    items: call('list_slice', col('ids'), lit(1n), kept),
  });
  return unnest(requests, 'items', { item: 'item', ordinality: 'depth' });
}

function values(trace: ReadTrace, { size, score }: BlockStatisticsOptions): Plan {
  const { names, columns, bytes } = trace;
  const blocks = countBlocks(columns, bytes);
  const units = score === undefined ? undefined : countUnits(trace, score);
  const rows = Array.from(columns.parents, (parent, block) => {
    const tokens = blocks.tokens[block];
    return [
      names.nameOf(block),
      parent === NONE ? null : names.nameOf(parent),
      `${blocks.depths[block]}`,
      `${blocks.counts[block]}`,
      `${blocks.firstSeenMillis[block]}`,
      `${blocks.lastSeenMillis[block]}`,
      `${tokens}`,
      bytes === undefined ? sizeText(size, tokens) : `${blocks.sums[block]}`,
      `${blocks.tenants[block]}`,
      ...(units === undefined ? [] : [`${units[block]}`]),
    ];
  });
  const types = [TEXT, TEXT, I64, I64, F64, F64, F64, F64, I64, I64];
  const columnNames = [...Object.keys(COLUMNS), ...(units === undefined ? [] : ['score_units'])];
  const fields = columnNames.map((name, i) => ({ name, type: types[i] }));
  return scan({ format: 'values', columns: fields, rows });
}

function countUnits(
  { columns }: ReadTrace,
  { halfLifeMillis, landmarkMillis }: ScoreUnits,
): BigInt64Array {
  const units = new BigInt64Array(columns.parents.length);
  for (let r = 0; r + 1 < columns.offsets.length; r++) {
    const halfLives = (columns.timeMillis[r] - landmarkMillis) / halfLifeMillis;
    const one = BigInt(Math.floor(2 ** halfLives * SCORE_UNIT));
    for (let i = columns.offsets[r]; i < columns.offsets[r + 1]; i++)
      units[columns.blocks[i]] += one;
  }
  return units;
}

function sizeText(size: BlockStatisticsOptions['size'], tokens: number): string | null {
  if (size === undefined) return null;
  return `${size.per === 'page' ? size.bytes : tokens * size.bytes}`;
}
