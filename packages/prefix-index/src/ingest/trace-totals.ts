import { NONE, type TraceColumns } from '@wavetune/core';
import type { ReadTrace } from '@wavetune/ingest';
import { type Moment, momentOf } from '../totals/decay.ts';
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
    const { growth } = beginRequest(event, timeMillis[r], rules.halfLifeMillis);
    for (let i = offsets[r]; i < offsets[r + 1]; i++) {
      writeReference(event, trace, { rules, growth, request: r, depth: i - offsets[r] });
      rows.add(columns.tenants[r], blocks[i], event);
    }
    events += offsets[r + 1] - offsets[r];
  }
  const { rowCount, tenantOf, blockOf, numbers } = rows.contents();
  const ofRows = <T>(of: (row: number) => T): readonly T[] =>
    Array.from({ length: rowCount }, (_, row) => of(row));
  const parentOf = (block: number): string | undefined =>
    parents[block] === NONE ? undefined : names.nameOf(parents[block]);
  return {
    events,
    lateRequests,
    totals: {
      rowCount,
      tenants: ofRows((row) => tenants[tenantOf[row]]),
      models: ofRows(() => rules.modelId),
      prefixes: ofRows((row) => names.nameOf(blockOf[row])),
      parents: ofRows((row) => parentOf(blockOf[row])),
      numbers,
      latencies: ofRows(() => NOTHING),
      pages: ofRows(() => NOTHING),
      layers: [],
    },
  };
}

const NOTHING: readonly number[] = [];

/** What all references of a request share, written once. */
function beginRequest(event: Float64Array, time: number, halfLifeMillis: number): Moment {
  const moment = momentOf(time, halfLifeMillis);
  event.set(EMPTY_ROW);
  event[AT.landmark] = moment.landmark;
  event[AT.requestsMass] = moment.growth;
  event[AT.hits] = 1;
  event[AT.firstSeenMillis] = time;
  event[AT.lastSeenMillis] = time;
  return moment;
}

/** One use of the block at `depth` (from 0) of a request's chain. */
interface Reference {
  readonly rules: TraceRules;
  readonly growth: number;
  readonly request: number;
  readonly depth: number;
}

function writeReference(
  event: Float64Array,
  { columns, bytes }: ReadTrace,
  { rules: { cost }, growth, request, depth }: Reference,
): void {
  const { offsets, blockSize, coveredTokens } = columns;
  const isLast = offsets[request] + depth + 1 === offsets[request + 1];
  const begin = depth * blockSize;
  const end = isLast ? coveredTokens[request] : begin + blockSize;
  const tokens = end - begin;
  const logged = isLast ? (bytes?.[request] ?? 0) : 0;
  const size = Number.isFinite(logged) ? logged + tokens * (cost?.bytesPerToken ?? 0) : 0;
  event[AT.bytesMass] = size * growth;
  event[AT.tokensMass] = tokens * growth;
  event[AT.bytes] = size;
  event[AT.unpagedBytes] = size;
  event[AT.tokens] = tokens;
  if (cost === undefined) return;
  const prefill = cost.prefillMillis(begin, end);
  event[AT.prefillMass] = prefill * growth;
  event[AT.prefillMillis] = prefill;
  event[AT.prefillCount] = 1;
}

/** Rows by tenant and block, in order of first appearance. */
function createRows({ parents }: TraceColumns) {
  const first = new Uint32Array(parents.length).fill(NONE);
  const others = new Map<number, number>();
  const tenantOf: number[] = [];
  const blockOf: number[] = [];
  let numbers = new Float64Array(parents.length * ROW_WIDTH);

  const addRow = (tenant: number, block: number): number => {
    const row = blockOf.push(block) - 1;
    tenantOf.push(tenant);
    if (blockOf.length * ROW_WIDTH > numbers.length) {
      const grown = new Float64Array(2 * numbers.length);
      grown.set(numbers);
      numbers = grown;
    }
    numbers.set(EMPTY_ROW, row * ROW_WIDTH);
    return row;
  };
  const rowOf = (tenant: number, block: number): number => {
    if (first[block] === NONE) first[block] = addRow(tenant, block);
    if (tenantOf[first[block]] === tenant) return first[block];
    const key = tenant * parents.length + block;
    const other = others.get(key) ?? addRow(tenant, block);
    others.set(key, other);
    return other;
  };
  return {
    add: (tenant: number, block: number, event: Float64Array): void =>
      mergeNumbers(numbers, rowOf(tenant, block), event, 0),
    contents: () => ({ rowCount: blockOf.length, tenantOf, blockOf, numbers }),
  };
}
