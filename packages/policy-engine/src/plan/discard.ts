/** Why an answer is no plan. */
export const DISCARD_KINDS = [
  /** Nothing came in time. */
  'timeout',
  /** The connection failed or broke off. */
  'connection',
  /** A status of 5xx, 408 or 429. */
  'server-error',
  /** Any other status that is not 200. */
  'refused',
  /** The endpoint's own envelope is not what its protocol says. */
  'bad-response',
  /** Longer than an answer may be. */
  'too-large',
  /** No `{` in it. */
  'no-object',
  /** An object begins and never ends. */
  'incomplete-object',
  /** What looks like an object is none, also after light repair. */
  'not-json',
  /** An object that is no plan. */
  'not-a-plan',
] as const;

export type DiscardKind = (typeof DISCARD_KINDS)[number];

/** One answer that came to nothing. */
export interface Discard {
  readonly kind: DiscardKind;
  readonly detail: string;
}
