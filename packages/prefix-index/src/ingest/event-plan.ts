import {
  aggregate,
  asc,
  call,
  caseOf,
  col,
  type Expr,
  extend,
  F64,
  I64,
  lit,
  type Plan,
  sort,
  TEXT,
  tryCast,
} from '@wavetune/ir';
import { EPOCH_HALF_LIVES, PACKED_LAYERS, PACKED_SPAN, PACKED_STARTS } from './packed-pages.ts';

/** What events are judged and weighed by. */
export interface EventRules {
  readonly halfLifeMillis: number;
  /** Events later than this are bad. */
  readonly latestMillis: number;
}

/**
 * Totals of the canonical rows of prefix events, in one pass: a row a (tenant, model, prefix, epoch, odd pages), in the
 * columns of {@link EVENT_TOTALS}; bad rows in groups whose tenant is null.
 *
 * An epoch is 512 half-lives long; masses are relative to its beginning, so that no power of two overflows. Pages are
 * packed into one number each where they fit, because lists of numbers are cheap and groups are not; where they do not
 * fit they are a group of their own, as text.
 *
 * Bad rows are not filtered out: an engine that pushes a filter down computes all that it names once more.
 */
export function eventTotalsPlan(rows: Plan, rules: EventRules): Plan {
  const judged = extend(rows, { fault: faultOf(rules) });
  const isBad = call('not', call('is_null', col('fault')));
  const moments = extend(judged, {
    event_tenant: caseOf([[isBad, lit(null, TEXT)]], col('tenant')),
    half_lives: call('div', call('sub', time, sinceHalfLife(rules)), lit(rules.halfLifeMillis)),
    layer_number: tryCast(col('layer'), I64),
    span: call('sub', col('page_end'), col('page_start')),
  });
  const epochs = extend(moments, {
    epoch: call('floor', call('div', col('half_lives'), lit(EPOCH_HALF_LIVES))),
    packed: caseOf([[isPackable, packedPages]], lit(null, F64)),
  });
  const grown = extend(epochs, {
    growth: call('exp2', call('add', call('sub', col('half_lives'), epochStart), fraction(rules))),
    odd_pages: caseOf([[call('is_null', col('packed')), oddPages]], lit(null, TEXT)),
  });
  return aggregate(grown, EVENT_GROUPS, EVENT_TOTALS);
}

/** The groups by name. */
export const EVENT_GROUPS = {
  tenant: col('event_tenant'),
  model_id: col('model_id'),
  prefix_id: col('key'),
  epoch: col('epoch'),
  odd_pages: col('odd_pages'),
} as const;

/** The measures by name; each is null where no event tells. */
export const EVENT_TOTALS = {
  hits: { fn: 'count' },
  bytesMass: sum(call('mul', col('bytes'), col('growth'))),
  requestsMass: sum(col('growth')),
  tokensMass: sum(call('mul', col('tokens'), col('growth'))),
  prefillMass: sum(call('mul', col('prefill_ms'), col('growth'))),
  bytes: sum(col('bytes')),
  tokens: { fn: 'max', args: [col('tokens')] },
  prefillMillis: sum(col('prefill_ms')),
  prefillCount: { fn: 'count', args: [col('prefill_ms')] },
  firstSeenMillis: { fn: 'min', args: [col('time_ms')] },
  lastSeenMillis: { fn: 'max', args: [col('time_ms')] },
  latencyMillis: sum(col('latency_ms')),
  pageBytes: { fn: 'max', args: [call('div', col('bytes'), call('add', col('span'), lit(1)))] },
  parent: { fn: 'max', args: [col('parent_prefix_id')] },
  latencies: { fn: 'list', args: [col('latency_ms')] },
  pages: { fn: 'list', args: [col('packed')] },
} as const;

/** Bad rows in order: `record`, `fault`, `text`; all good rows are one row of nulls, the last. */
export function badEventsPlan(rows: Plan, rules: EventRules): Plan {
  const judged = extend(rows, { fault: faultOf(rules) });
  const bad = (value: Expr, type = TEXT): Expr =>
    caseOf([[call('is_null', col('fault')), lit(null, type)]], value);
  const groups = {
    record: bad(col('record'), I64),
    fault: col('fault'),
    text: bad(col('bad_text')),
  };
  return sort(aggregate(judged, groups, {}), asc(col('record')));
}

const time = col('time_ms');

/** In half-lives; below zero where the time is before 1970. */
const epochStart = call('mul', col('epoch'), lit(EPOCH_HALF_LIVES));

function sum(value: Expr): { readonly fn: 'sum'; readonly args: readonly Expr[] } {
  return { fn: 'sum', args: [value] };
}

function sinceHalfLife({ halfLifeMillis }: EventRules): Expr {
  return call('mod', time, lit(halfLifeMillis));
}

function fraction(rules: EventRules): Expr {
  return call('div', sinceHalfLife(rules), lit(rules.halfLifeMillis));
}

const isPackable = call(
  'and',
  call('ge', col('layer_number'), lit(0n)),
  call('lt', col('layer_number'), lit(BigInt(PACKED_LAYERS))),
  call('eq', tryCast(col('layer_number'), TEXT), col('layer')),
  call('lt', col('page_start'), lit(PACKED_STARTS)),
  call('lt', col('span'), lit(PACKED_SPAN)),
  call('eq', call('floor', col('page_start')), col('page_start')),
  call('eq', call('floor', col('span')), col('span')),
);

const packedPages = call(
  'add',
  call(
    'mul',
    call(
      'add',
      call('mul', tryCast(col('layer_number'), F64), lit(PACKED_STARTS)),
      col('page_start'),
    ),
    lit(PACKED_SPAN),
  ),
  col('span'),
);

/** First page, last page and layer, a space between. */
const oddPages = call(
  'concat',
  tryCast(col('page_start'), TEXT),
  lit(' '),
  tryCast(col('page_end'), TEXT),
  lit(' '),
  col('layer'),
);

/** Why an event is bad, null for a good one: what the format found, then what the index asks for besides. */
function faultOf({ latestMillis }: EventRules): Expr {
  const isNull = (name: string): Expr => call('is_null', col(name));
  const isNegative = (name: string): Expr =>
    call('not', call('ge', call('coalesce', col(name), lit(0)), lit(0)));
  const latest = new Date(latestMillis).toISOString();
  return caseOf(
    [
      [call('not', isNull('reason')), col('reason')],
      [isNull('tenant'), lit('tenant is missing or is no text')],
      [isNull('model_id'), lit('model_id is missing or is no text')],
      [
        call('gt', time, lit(latestMillis)),
        lit(`timestamp_ms is in the future; accepted are times up to ${latest}`),
      ],
      ...['latency_ms', 'tokens', 'prefill_ms'].map(
        (name) => [isNegative(name), lit(`${name} is less than 0`)] as const,
      ),
    ],
    lit(null, TEXT),
  );
}
