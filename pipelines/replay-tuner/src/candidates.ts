import type { ParameterValues, Simulation, TrainedTables } from '@wavetune/cachesim';
import { pinsOf } from './pins.ts';
import type { TuningGround } from './tuning-ground.ts';

/** One way to evict: what is replayed, as fitted before the validation slice and on all that tuning may see. */
export interface Candidate {
  readonly policy: string;
  readonly parameters: ParameterValues;
  readonly early: Simulation;
  readonly full: Simulation;
}

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

export function candidatesOf(ground: TuningGround, tables: TrainedTables): readonly Candidate[] {
  const { capacityBlocks } = ground;
  const classics = CLASSICS.map(([policy, parameters]) => {
    const choice = { policy, parameters, capacityBlocks };
    return { policy, parameters, early: choice, full: choice };
  });
  const pinned = PIN_SHARES.map((share) => {
    const choiceAt = (end: number): Simulation => ({
      policy: 'pinned-lru',
      capacityBlocks,
      inputs: { pins: pinsOf(ground, end, share).blocks },
    });
    return {
      policy: 'pinned-lru',
      parameters: { pinnedShare: share },
      early: choiceAt(tables.validateFrom),
      full: choiceAt(tables.trainEnd),
    };
  });
  const learned = tables.early.map(({ options, table }, i) => ({
    policy: 'learned',
    parameters: { ...options },
    early: { policy: 'learned', table, capacityBlocks },
    full: { policy: 'learned', table: tables.full[i]?.table ?? table, capacityBlocks },
  }));
  return [...classics, ...pinned, ...learned];
}
