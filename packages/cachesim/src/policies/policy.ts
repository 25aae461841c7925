import type { TraceColumns } from '@wavetune/core';

/** Values of a policy's parameters, by name. */
export type ParameterValues = Readonly<Record<string, number | string>>;

/** One parameter: what it means, what it is when left out, what is accepted. */
export type ParameterSpec =
  | {
      readonly kind: 'number';
      readonly name: string;
      readonly meaning: string;
      readonly initial: number;
      readonly least: number;
      readonly most: number;
      /** Whole numbers only. */
      readonly whole?: true;
    }
  | {
      readonly kind: 'choice';
      readonly name: string;
      readonly meaning: string;
      readonly initial: string;
      readonly choices: readonly string[];
    };

/** What a replay can hand to policies that look at more than references. */
export interface PolicyInputs {
  /** Blocks that `pinned-lru` never evicts and `mooncake` evicts last. */
  readonly pins?: Uint32Array;
  /** Of each request, at most 2^20 in size, higher is kept longer, for `sglang-priority`; shape `[n]`. */
  readonly priorities?: Int32Array;
}

/** Where a policy lives: the trace, the cache it serves, and what it may not touch. */
export interface PolicySetting {
  readonly columns: TraceColumns;
  /** Blocks that the cache holds. */
  readonly capacityBlocks: number;
  /** Non-zero for a resident block that must stay now: a parent of a resident block, or one of the running request. */
  readonly held: Uint8Array;
  /** Every parameter of the policy, checked. */
  readonly parameters: ParameterValues;
  readonly inputs: PolicyInputs;
  /** Every reference is a request of its own (free residency with independent hits). */
  readonly loose: boolean;
}

/**
 * Decides what leaves. The simulator owns residency and counts; a block is its dense id.
 *
 * A block that is held is never evicted; when it is free again the policy is told by `onRelease`, if it asks for that.
 */
export interface EvictionPolicy {
  /** Request `request` begins; blocks may expire now, by `alsoEvict`. */
  onRequest?(request: number): void;
  /** `block` is resident and was requested. */
  onHit(block: number): void;
  /** `block` is absent and was requested; comes before {@link evict} and {@link onInsert}. */
  onMiss?(block: number): void;
  /** False keeps `block`, which is absent, out; left out: all are let in. */
  admits?(block: number): boolean;
  /** Picks and forgets a block that is not held, to make room for `incoming`; `NONE` refuses `incoming` instead. */
  evict(incoming: number): number;
  /** A further block that leaves at this moment, forgotten too; asked until `NONE`, after `onRequest`, `onHit`, `evict` and `onRequestEnd`. */
  alsoEvict?(): number;
  /** `block`, which was absent, was placed. */
  onInsert(block: number): void;
  /** The chain was hit or placed; its resident blocks are shown once more, last to first, to be made the youngest. */
  onSettle?(block: number): void;
  onRequestEnd?(request: number): void;
  /** `block`, resident, is no longer held. */
  onRelease(block: number): void;
}

/** What options and results call a policy, and what it can be told. */
export interface PolicyDescription {
  /** As in options and results. */
  readonly name: string;
  /** Where it comes from. */
  readonly source: string;
  readonly parameters: readonly ParameterSpec[];
}

/** A policy in the list of all. */
export interface PolicySpec extends PolicyDescription {
  /** The order in which a request's hits are shown to it; `last-to-first` makes recency leaf-first. */
  readonly touch: 'last-to-first' | 'first-to-last';
  /** How many of the cache's blocks can hold what is asked for; all where left out. */
  usableBlocks?(capacityBlocks: number, columns: TraceColumns, parameters: ParameterValues): number;
  /** Most blocks of request `request` that count as hit, for engines that must compute the last token; no limit where left out. */
  hitLimit?(columns: TraceColumns, request: number): number;
  create(setting: PolicySetting): EvictionPolicy;
}

/** A parameter that the policy's specification declares as a number. */
export function numberOf(values: ParameterValues, name: string): number {
  const value = values[name];
  if (typeof value !== 'number') throw new Error(`parameter ${name} is not a number`);
  return value;
}
