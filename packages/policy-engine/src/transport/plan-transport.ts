import type { Clock } from '@wavetune/core';

/** What a consumer calls itself. */
export interface TransportOptions {
  /** Consumers of one group share the plans; each group gets all of them. */
  readonly group: string;
  /** Of this process alone. */
  readonly consumer: string;
  /** What another consumer has had for so long without committing it is taken over. */
  readonly takeOverMillis: number;
  readonly clock: Clock;
}

/** What became of a delivered plan; either way it is not delivered again. */
export type Verdict =
  | { readonly kind: 'done' }
  /** No later delivery could do better: it goes to the dead letters. */
  | { readonly kind: 'poison'; readonly reason: string };

/** How deliveries are taken. */
export interface Consuming {
  /**
   * Called with one delivery at a time, in their order. What it throws leaves the plan where it was: it is delivered again,
   * here or elsewhere, and nothing that came later overtakes it here.
   */
  readonly handle: (text: string) => Promise<Verdict>;
  /** A connection was lost or a delivery failed; it is tried again by itself. */
  readonly onFailure: (failure: unknown) => void;
  /** The transport is heard again, for the first time or after a failure. */
  readonly onReady: () => void;
  /** Ends it: what is under way is finished and committed first. */
  readonly signal: AbortSignal;
}

/**
 * The way of plans from planners to executors: at least once, in order as long as nobody fails.
 *
 * A delivery is committed after its handler was done with it, so a consumer that dies leaves it to the next one. A plan
 * that fits no executor goes to the dead letters, with the reason, before it is committed.
 */
export interface PlanTransport {
  /** As given, without password. */
  readonly name: string;
  /** Resolves when the server has it. @throws WavetuneError `transport.unreachable`: it may be there or not; the same id may be sent again. */
  publish(text: string): Promise<void>;
  /** Resolves when `signal` is aborted and the last delivery is committed; reconnects by itself. */
  consume(consuming: Consuming): Promise<void>;
  close(): Promise<void>;
}

export interface DeadLetter {
  readonly text: string;
  readonly reason: string;
}

/** A poison plan may be of any size, and so may what is said of it; dead letters keep the beginnings. */
const KEPT_CHARACTERS = 65_536;
const KEPT_OF_REASON = 1000;

export function deadLetterOf(text: string, reason: string): DeadLetter {
  return { text: text.slice(0, KEPT_CHARACTERS), reason: reason.slice(0, KEPT_OF_REASON) };
}
