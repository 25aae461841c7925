import {
  type FittedTable,
  fitTables,
  type ParameterValues,
  type Simulation,
} from '@wavetune/cachesim';
import { pinsOf } from './pins.ts';
import type { TuningGround } from './tuning-ground.ts';

/** One way to evict, and how it is replayed. */
export interface Candidate {
  readonly policy: string;
  readonly parameters: ParameterValues;
  readonly simulation: Simulation;
}

const PINNED = 'pinned-lru';
const LEARNED = 'learned';

/** Shares of the cache that may be pinned; chosen. */
const PIN_SHARES = [0.1, 0.25, 0.5];

/**
 * The default first, then the classic policies with other parameters worth a try (chosen), pinned sets, learned tables;
 * of equals the earlier one wins, so a tie keeps the default.
 */
const CLASSICS: readonly (readonly [policy: string, parameters: ParameterValues])[] = [
  ['lru', {}],
  ['fifo', {}],
  ['clock', {}],
  ['clock', { bits: 2 }],
  ['sieve', {}],
  ['s3-fifo', {}],
  ['s3-fifo', { smallRatio: 0.25 }],
  ['s3-fifo', { smallRatio: 0.5, promoteAt: 1 }],
  ['2q', {}],
  ['2q', { inRatio: 0.5, outRatio: 1 }],
  ['slru', {}],
  ['slru', { segments: 2 }],
  ['arc', {}],
  ['lirs', {}],
  ['lirs', { hirRatio: 0.1 }],
  ['lru-k', {}],
  ['lru-k', { k: 3 }],
  ['lfu', {}],
  ['lfu-decay', { halfLifeSeconds: 120 }],
  ['lfu-decay', {}],
  ['lfu-decay', { halfLifeSeconds: 1800 }],
  ['w-tinylfu', {}],
  ['w-tinylfu', { windowRatio: 0.2 }],
  ['w-tinylfu', { windowRatio: 0.5 }],
  ['gdsf', {}],
  ['gdsf', { crossoverTokens: 32_768 }],
  ['ttl', {}],
  ['ttl', { seconds: 900 }],
  ['ttl', { seconds: 1800 }],
  ['ttl-pressure', {}],
];

/** Every candidate, with what has to be fitted taken from the requests `[0, end)` of a ground. */
export function candidatesOf(ground: TuningGround, end: number): readonly Candidate[] {
  const { capacityBlocks } = ground;
  const classics = CLASSICS.map(([policy, parameters]) => {
    return { policy, parameters, simulation: { policy, parameters, capacityBlocks } };
  });
  const pinned = PIN_SHARES.map((share) => pinnedOf(ground, end, share));
  const learned = fitTables(ground.trace.columns, end).map((fitted) => learnedOf(ground, fitted));
  return [...classics, ...pinned, ...learned];
}

/** The candidate at `place` of {@link candidatesOf}, fitted to the requests `[0, end)` of a ground. */
export function fitAgain(
  { policy, parameters }: Candidate,
  {
    ground,
    place,
    end,
  }: { readonly ground: TuningGround; readonly place: number; readonly end: number },
): Candidate {
  if (policy === PINNED) return pinnedOf(ground, end, Number(parameters.pinnedShare));
  const { capacityBlocks } = ground;
  if (policy !== LEARNED)
    return { policy, parameters, simulation: { policy, parameters, capacityBlocks } };
  const fitted = fitTables(ground.trace.columns, end)[place - CLASSICS.length - PIN_SHARES.length];
  return { ...learnedOf(ground, fitted), parameters };
}

function pinnedOf(ground: TuningGround, end: number, share: number): Candidate {
  const { capacityBlocks } = ground;
  const inputs = { pins: pinsOf(ground, end, share).blocks };
  return {
    policy: PINNED,
    parameters: { pinnedShare: share },
    simulation: { policy: PINNED, capacityBlocks, inputs },
  };
}

function learnedOf({ capacityBlocks }: TuningGround, { options, table }: FittedTable): Candidate {
  return {
    policy: LEARNED,
    parameters: { ...options },
    simulation: { policy: LEARNED, table, capacityBlocks },
  };
}
