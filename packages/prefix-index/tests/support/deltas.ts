import fc from 'fast-check';
import {
  type BatchDelta,
  createTotalsTable,
  DEFAULT_SETTINGS,
  feedbackTotals,
  type PrefixEvent,
  ROW_WIDTH,
  TOTALS_NUMBERS,
  TOTALS_RULES,
  type TotalsColumns,
} from '../../src/index.ts';

export const HALF_LIFE_MILLIS = DEFAULT_SETTINGS.halfLifeMillis;

export function event(over: Partial<PrefixEvent> = {}): PrefixEvent {
  return {
    prefix_id: 'p1',
    tenant: 'acme',
    model_id: 'm',
    layer: '0',
    page_start: 0,
    page_end: 3,
    bytes: 100,
    latency_ms: 2,
    timestamp_ms: 1000,
    ...over,
  };
}

export function deltaOf(batchId: string, events: readonly PrefixEvent[]): BatchDelta {
  const table = createTotalsTable(HALF_LIFE_MILLIS);
  for (const one of events) table.addEvent(one);
  const newestMillis = Math.max(...events.map(({ timestamp_ms }) => timestamp_ms));
  return { batchId, source: 'test', events: events.length, newestMillis, totals: table.columns() };
}

export function feedbackDelta(batchId: string, timeMillis: number): BatchDelta {
  const { tenant, model_id, prefix_id } = event();
  const item = {
    tenant,
    model_id,
    prefix_id,
    outcome: 'unused',
    timestamp_ms: timeMillis,
  } as const;
  const totals = feedbackTotals([item], HALF_LIFE_MILLIS);
  return { batchId, source: 'test', events: 0, newestMillis: timeMillis, totals };
}

/** Some with names that a file or a query could trip over. */
const names = fc.constantFrom(
  'a',
  'b',
  'ключ',
  `q"uo'te`,
  'line\nend',
  '',
  ' ',
  '{"entry":1}',
  '\u2028',
);

export const events: fc.Arbitrary<PrefixEvent> = fc.record(
  {
    prefix_id: names,
    tenant: names,
    model_id: fc.constantFrom('m1', 'm2'),
    layer: fc.constantFrom('0', '1', 'k.v'),
    page_start: fc.nat(5),
    page_end: fc.integer({ min: 5, max: 9 }),
    bytes: fc.nat(2 ** 40),
    latency_ms: fc.double({ min: 0, max: 1e4, noNaN: true }),
    timestamp_ms: fc.nat(100 * HALF_LIFE_MILLIS),
    parent_prefix_id: names,
    tokens: fc.nat(100_000),
    prefill_ms: fc.double({ min: 0, max: 1e4, noNaN: true }),
  },
  { requiredKeys: ['prefix_id', 'tenant', 'model_id', 'bytes', 'timestamp_ms'] },
);

/** Everything that totals say, by key; masses as of the landmark 0 half-lives after `landmark`, layers by name. */
export function sayingsOf(chunks: readonly TotalsColumns[]): ReadonlyMap<string, unknown> {
  const table = createTotalsTable(HALF_LIFE_MILLIS);
  for (const chunk of chunks) {
    for (let row = 0; row < chunk.rowCount; row++) table.mergeRow(chunk, row);
  }
  const totals = table.columns();
  const sayings = new Map<string, unknown>();
  for (let row = 0; row < totals.rowCount; row++) {
    const key = JSON.stringify([totals.tenants[row], totals.models[row], totals.prefixes[row]]);
    const pages: string[] = [];
    for (let at = 0; at < totals.pages[row].length; at += 3) {
      const [layer, first, last] = totals.pages[row].slice(at, at + 3);
      pages.push(`${totals.layers[layer]}: ${first} to ${last}`);
    }
    sayings.set(key, {
      parent: totals.parents[row],
      latencies: totals.latencies[row],
      pages: pages.sort(),
      numbers: numbersOf(totals, row),
    });
  }
  return sayings;
}

/** Sums to ten digits, since they depend on the order of additions; the rest exactly. */
function numbersOf({ numbers }: TotalsColumns, row: number): Readonly<Record<string, string>> {
  return Object.fromEntries(
    TOTALS_NUMBERS.map((name, at) => {
      const value = numbers[row * ROW_WIDTH + at];
      const isSum = /mass|sum/.test(TOTALS_RULES[name]);
      return [name, isSum ? value.toPrecision(10) : String(value)];
    }),
  );
}
