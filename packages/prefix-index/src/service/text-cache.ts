import type { Clock } from '@wavetune/core';
import type { LiveIndex } from '../live/live-index.ts';

/** Answers as they are sent, encoded, for as long as nothing has changed that they depend on. */
export interface TextCache {
  /**
   * The answer to a question about these tenants, or about all: the one given before, where no event and no feedback of
   * these tenants came since, and nothing was forgotten. While answers are made for more than a quarter of the time, also
   * one that is older than the last change, by at most `staleMillis`.
   */
  readonly answer: (
    question: string,
    tenants: readonly string[] | undefined,
    make: () => Buffer,
  ) => Buffer;
}

/** How long an answer may outlive a change where making answers takes too much of the time. */
export interface Staleness {
  /** 0 for never. */
  readonly staleMillis: number;
  readonly clock: Clock;
  readonly onStale: () => void;
}

interface Kept {
  readonly text: Buffer;
  readonly version: number;
  readonly madeMillis: number;
}

/** Chosen: some hundred answers of a hundred hints. */
const MOST_BYTES = 32 * 2 ** 20;
/** Past the most, so much is left: finding the oldest among those that were forgotten takes time, and is not done each time. */
const LEFT_BYTES = MOST_BYTES - 2 ** 20;
/** Measured: what an answer takes besides itself and its question. */
const ENTRY_BYTES = 500;
/** Of the time: the rest is for taking events, and for everything else that questions cost. */
const SHARE_OF_MAKING = 0.25;
/** So much may be spent at once: whoever asks alone, for answers that take less, gets every change at once. */
const BURST_MILLIS = 25;

/** An answer depends on the question and on the index alone: time is event time. */
export function createTextCache(
  live: Pick<LiveIndex, 'watch' | 'index'>,
  { staleMillis, clock, onStale }: Staleness,
): TextCache {
  const kept = new Map<string, Kept>();
  const changes = new Map<string, number>();
  let allChanges = 0;
  let keptBytes = 0;
  let totals = live.index().totals();
  const making = createAllowance(clock);
  live.watch(({ tenants }) => {
    allChanges++;
    for (const tenant of tenants) changes.set(tenant, (changes.get(tenant) ?? 0) + 1);
  });
  const forget = (question: string, { text }: Kept): void => {
    kept.delete(question);
    keptBytes -= sizeOf(question, text);
  };
  const forgetOldest = (): void => {
    for (const [oldest, entry] of kept) {
      forget(oldest, entry);
      if (keptBytes <= LEFT_BYTES) break;
    }
  };
  /** An index that has forgotten something has other totals, and says nothing. */
  const forgetAfterPrune = (): void => {
    const current = live.index().totals();
    if (current === totals) return;
    totals = current;
    kept.clear();
    keptBytes = 0;
  };
  return {
    answer: (question, tenants, make) => {
      forgetAfterPrune();
      const version =
        tenants?.reduce((sum, tenant) => sum + (changes.get(tenant) ?? 0), 0) ?? allChanges;
      const known = kept.get(question);
      if (known?.version === version) return known.text;
      const startMillis = clock.monotonicMillis();
      if (known !== undefined) {
        if (making.isSpent() && startMillis - known.madeMillis < staleMillis) {
          onStale();
          return known.text;
        }
        forget(question, known);
      }
      const text = make();
      making.spend(clock.monotonicMillis() - startMillis);
      if (sizeOf(question, text) > MOST_BYTES) return text;
      kept.set(question, { text, version, madeMillis: startMillis });
      keptBytes += sizeOf(question, text);
      if (keptBytes > MOST_BYTES) forgetOldest();
      return text;
    },
  };
}

function sizeOf(question: string, text: Buffer): number {
  return ENTRY_BYTES + 2 * question.length + text.length;
}

/** Time that may be spent: a token bucket, full at first. */
function createAllowance(clock: Clock): {
  readonly isSpent: () => boolean;
  readonly spend: (millis: number) => void;
} {
  let leftMillis = BURST_MILLIS;
  let atMillis = clock.monotonicMillis();
  const flowIn = (): void => {
    const nowMillis = clock.monotonicMillis();
    leftMillis = Math.min(BURST_MILLIS, leftMillis + SHARE_OF_MAKING * (nowMillis - atMillis));
    atMillis = nowMillis;
  };
  return {
    isSpent: () => {
      flowIn();
      return leftMillis <= 0;
    },
    spend: (millis) => {
      leftMillis -= millis;
    },
  };
}
