import { NONE, type TraceColumns } from '@wavetune/core';
import type { ReadTrace } from '@wavetune/ingest';
import { momentOf } from '../totals/decay.ts';
import { mergeNumbers } from '../totals/merge-numbers.ts';
import { AT, EMPTY_ROW, ROW_WIDTH, type TotalsColumns } from '../totals/totals-columns.ts';
import type { EventRules } from './event-plan.ts';

/** What a cached token is worth, where a model says so. */
export interface TokenCost {
  readonly bytesPerToken: number;
  /** Modelled time to prefill tokens `[from, to)` of a prompt. */
  readonly prefillMillis: (from: number, to: number) => number;
}

export interface TraceRules extends EventRules {
  /** The model that all requests were for. */
  readonly modelId: string;
  readonly cost: TokenCost | undefined;
}

export interface TraceTotals {
  readonly totals: TotalsColumns;
  /** References to blocks. */
  readonly events: number;
  /** Requests from the future, which are left out. */
  readonly lateRequests: number;
}

/**
 * The totals of a request trace: a prefix is a block, which names all of the prompt up to its end, and each request uses
 * every block of its chain once. A block's bytes and tokens are its own; the prefix before it is its parent.
 *
 * Cost: O(references).
 */
export function totalsOfTrace(trace: ReadTrace, rules: TraceRules): TraceTotals {
  const { columns, names, tenants } = trace;
  const { offsets, blocks, timeMillis, parents } = columns;
  const rows = createRows(columns);
  const event = new Float64Array(ROW_WIDTH);
  let events = 0;
  let lateRequests = 0;
  for (let r = 0; r + 1 < offsets.length; r++) {
    if (timeMillis[r] > rules.latestMillis) {
      lateRequests++;
      continue;
    }
    for (let i = offsets[r]; i < offsets[r + 1]; i++) {
      writeReference(event, trace, rules, { request: r, depth: i - offsets[r] });
      rows.add(columns.tenants[r], blocks[i], event);
      events++;
    }
  }
  const { keys, numbers } = rows.contents();
  const parentOf = (block: number): string | undefined =>
    parents[block] === NONE ? undefined : names.nameOf(parents[block]);
  return {
    events,
    lateRequests,
    totals: {
      rowCount: keys.length,
      tenants: keys.map(({ tenant }) => tenants[tenant]),
      models: keys.map(() => rules.modelId),
      prefixes: keys.map(({ block }) => names.nameOf(block)),
      parents: keys.map(({ block }) => parentOf(block)),
      numbers,
      latencies: keys.map(() => []),
      pages: keys.map(() => []),
      layers: [],
    },
  };
}

/** One use of the block at `depth` (from 0) of a request's chain, as a row. */
function writeReference(
  event: Float64Array,
  { columns, bytes }: ReadTrace,
  { halfLifeMillis, cost }: TraceRules,
  { request, depth }: { readonly request: number; readonly depth: number },
): void {
  const { offsets, timeMillis, blockSize, coveredTokens } = columns;
  const isLast = offsets[request] + depth + 1 === offsets[request + 1];
  const begin = depth * blockSize;
  const end = isLast ? coveredTokens[request] : begin + blockSize;
  const tokens = end - begin;
  const logged = isLast ? (bytes?.[request] ?? 0) : 0;
  const size = Number.isFinite(logged) ? logged + tokens * (cost?.bytesPerToken ?? 0) : 0;
  const time = timeMillis[request];
  const { landmark, growth } = momentOf(time, halfLifeMillis);
  event.set(EMPTY_ROW);
  event[AT.landmark] = landmark;
  event[AT.bytesMass] = size * growth;
  event[AT.requestsMass] = growth;
  event[AT.tokensMass] = tokens * growth;
  event[AT.hits] = 1;
  event[AT.bytes] = size;
  event[AT.unpagedBytes] = size;
  event[AT.tokens] = tokens;
  event[AT.firstSeenMillis] = time;
  event[AT.lastSeenMillis] = time;
  if (cost === undefined) return;
  const prefill = cost.prefillMillis(begin, end);
  event[AT.prefillMass] = prefill * growth;
  event[AT.prefillMillis] = prefill;
  event[AT.prefillCount] = 1;
}

interface TraceKey {
  readonly tenant: number;
  readonly block: number;
}

/** Rows by tenant and block, in order of first appearance. */
function createRows({ parents }: TraceColumns) {
  const ids = new Map<number, number>();
  const keys: TraceKey[] = [];
  let numbers = new Float64Array(1024 * ROW_WIDTH);
  return {
    add: (tenant: number, block: number, event: Float64Array): void => {
      const key = tenant * parents.length + block;
      let row = ids.get(key);
      if (row === undefined) {
        row = keys.push({ tenant, block }) - 1;
        ids.set(key, row);
        if (keys.length * ROW_WIDTH > numbers.length) {
          const grown = new Float64Array(2 * numbers.length);
          grown.set(numbers);
          numbers = grown;
        }
        numbers.set(EMPTY_ROW, row * ROW_WIDTH);
      }
      mergeNumbers(numbers, row, event, 0);
    },
    contents: () => ({ keys, numbers }),
  };
}
