import { splitRange, type TraceColumns, tokensOfPrefix } from '@wavetune/core';
import { learnedPolicy } from '../learned/learned-policy.ts';
import type { LearnedTable } from '../learned/learned-table.ts';
import type { PolicySpec } from '../policies/policy.ts';
import type { ReplayRequest } from '../replay/replay-request.ts';

/** A replay as plain data, so that a worker can run it. */
export interface Simulation extends ReplayRequest {
  /** Of the policy `learned`, which no replay knows by name alone. */
  readonly table?: LearnedTable;
}

/** Its policy where the replay could not look it up: one made from the table. */
export function specOf({ table }: Simulation): PolicySpec | undefined {
  return table === undefined ? undefined : learnedPolicy(table);
}

/** What came of one of several simulations. */
export interface Placed<Outcome> {
  /** Its place among the simulations of the input. */
  readonly place: number;
  readonly outcome: Outcome;
}

/** Simulations and their places. */
export interface Batch {
  readonly simulations: readonly Simulation[];
  /** Place of the first. */
  readonly firstPlace: number;
}

/**
 * So many that a usual batch goes out simulation by simulation: their costs differ by an order of magnitude, so that longer
 * parts would leave threads without work at the end, and handing one over costs microseconds.
 */
export const PARTS_A_THREAD = 64;

/** Deals a batch out in neighbouring parts. */
export function splitBatch<B extends Batch>(batch: B, parts: number): readonly B[] {
  const { simulations, firstPlace } = batch;
  return splitRange({ begin: 0, end: simulations.length }, parts).map(({ begin, end }) => ({
    ...batch,
    simulations: simulations.slice(begin, end),
    firstPlace: firstPlace + begin,
  }));
}

/** Runs a batch one by one. */
export function runBatch<Outcome>(
  { simulations, firstPlace }: Batch,
  run: (simulation: Simulation) => Outcome,
): readonly Placed<Outcome>[] {
  return simulations.map((simulation, i) => ({ place: firstPlace + i, outcome: run(simulation) }));
}

/** Both, in the order of their places. */
export function mergePlaced<Outcome>(
  left: readonly Placed<Outcome>[],
  right: readonly Placed<Outcome>[],
): readonly Placed<Outcome>[] {
  return [...left, ...right].sort((a, b) => a.place - b.place);
}

/** Sums over requests, as the cost of a prefill that grows with the square of its length asks for them. */
export function squareSum(columns: TraceColumns, measureFrom: number) {
  let sum = 0;
  return {
    add(request: number, hitBlocks: number): void {
      if (request >= measureFrom) sum += tokensOfPrefix(columns, request, hitBlocks) ** 2;
    },
    sum: () => sum,
  };
}
