import { prefixIndexError } from '../prefix-index-errors.ts';
import { AT } from './totals-columns.ts';

/** What an event weighs in a score: its bytes, 1, its tokens, or the prefill milliseconds that it saved. */
export type Weight = 'bytes' | 'requests' | 'tokens' | 'prefill';

export const WEIGHTS: readonly Weight[] = ['bytes', 'requests', 'tokens', 'prefill'];

/** Where in a row the mass of a weight stands. */
export const MASS_AT: Readonly<Record<Weight, number>> = {
  bytes: AT.bytesMass,
  requests: AT.requestsMass,
  tokens: AT.tokensMass,
  prefill: AT.prefillMass,
};

/** What every number in a store depends on; a store opens only with the settings that it was made with. */
export interface StoreSettings {
  readonly schema: 'prefix-index/1';
  readonly halfLifeMillis: number;
  /** The score that hints go by, unless a query says otherwise; all weights are kept. */
  readonly weight: Weight;
}

export const DEFAULT_SETTINGS: StoreSettings = {
  schema: 'prefix-index/1',
  halfLifeMillis: 3_600_000,
  weight: 'bytes',
};

/** @throws WavetuneError `prefix-index.bad-option` unless the half-life is at least a millisecond, and finite. */
export function checkSettings({ halfLifeMillis }: StoreSettings): void {
  if (halfLifeMillis >= 1 && halfLifeMillis < Number.POSITIVE_INFINITY) return;
  throw prefixIndexError('prefix-index.bad-option', {
    option: 'the half-life',
    found: `${halfLifeMillis} ms`,
    accepted: '1 ms or more',
  });
}
