import { KEY_PREFIX } from '../events/item-key.ts';
import { executorError } from './executor-errors.ts';

/** What no plan can go beyond, whatever it says. */
export interface PlanLimits {
  /** What every key begins with that a plan may touch. */
  readonly namespace: string;
  readonly mostEvictions: number;
  readonly mostPrefetches: number;
  readonly leastTtlSeconds: number;
  readonly mostTtlSeconds: number;
}

/** The original's. */
export const DEFAULT_LIMITS: PlanLimits = {
  namespace: KEY_PREFIX,
  mostEvictions: 20,
  mostPrefetches: 20,
  leastTtlSeconds: 60,
  mostTtlSeconds: 3600,
};

/** Keys of the executor's own. A namespace that covers one would let a plan forge what was carried out. */
export const OWN_KEYS = {
  /** A sorted set: ids of plans that were carried out, by when they may be forgotten. */
  carriedOut: 'cache-policy:carried-out',
  /** A stream: which keys each plan changed. */
  outcomes: 'cache-policy:outcomes',
} as const;

/**
 * The namespace that an option names: `item:` or `item:*`.
 *
 * @throws WavetuneError `executor.bad-namespace`
 */
export function parseNamespace(text: string): string {
  const namespace = text.endsWith('*') ? text.slice(0, -1) : text;
  const refuse = (reason: string) =>
    executorError('executor.bad-namespace', { found: text, reason });
  if (namespace === '') throw refuse('it would cover every key');
  if (/[*?[\]\\\p{Cc}\s]/u.test(namespace)) throw refuse('it is a beginning, not a pattern');
  const covered = Object.values(OWN_KEYS).find((key) => key.startsWith(namespace));
  if (covered !== undefined) throw refuse(`it would cover ${covered}, which is the executor's own`);
  return namespace;
}
