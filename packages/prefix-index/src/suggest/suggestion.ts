import type { EntryKey } from '../totals/prefix-event.ts';
import type { Weight } from '../totals/settings.ts';

/** Which hints are asked for. */
export interface SuggestQuery {
  /** At most so many hints. */
  readonly topK: number;
  /** Prefixes of these tenants alone, and nothing that depends on another's; all where it is absent. */
  readonly tenants?: readonly string[];
  /** What a score weighs by; the settings' own weight where it is absent. */
  readonly weight?: Weight;
  readonly minScore?: number;
  /** Prefixes last seen at most so long before the as-of time. */
  readonly maxAgeMillis?: number;
  /** What all hints may take up together. */
  readonly budgetBytes?: number;
  /** What a tenant's hints may take up together; no limit where it is absent. */
  readonly creditBytes?: (tenant: string) => number;
  /** Event time; that of the newest event of these tenants where it is absent. */
  readonly asOfMillis?: number;
}

/** Pages to warm in one layer: inclusive; a layer of several runs comes several times. */
export interface LayerPages {
  /** A number where the events' layers are whole numbers. */
  readonly layer: number | string;
  readonly page_start: number;
  readonly page_end: number;
}

/** One prefix that is worth warming. Never prompt text or token ids. */
export interface Hint extends EntryKey {
  /** As of the suggestion's time, lowered where earlier hints of this prefix went unused. */
  readonly score: number;
  /** Events: a fetch of one layer counts as one. */
  readonly hits: number;
  /** What warming it moves: the pages of all layers. 0 where no event told. */
  readonly bytes: number;
  /** 0 where no event told. */
  readonly tokens: number;
  readonly last_seen_ms: number;
  readonly layers: readonly LayerPages[];
  /** What warming is expected to save within `ttl_ms`, all considered. */
  readonly expected_saving_ms: number;
  /** The time within which the next use is expected. */
  readonly ttl_ms: number;
  /** `popular`, or `parent`: another hint goes on from this prefix. */
  readonly reason: 'popular' | 'parent';
  /** For people. */
  readonly hint: string;
}

/** Hints, the best first, a parent before what goes on from it. */
export interface Suggestion {
  /** Event time in milliseconds; null where no event was seen. */
  readonly asOf: number | null;
  readonly hints: readonly Hint[];
}
