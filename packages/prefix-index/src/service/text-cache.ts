import type { Clock } from '@wavetune/core';
import type { ServedIndex, SuggestAnswer } from './served-index.ts';

/** Answers as they are sent, encoded, for as long as nothing has changed that they depend on. */
export interface TextCache {
  /**
   * The answer to a question about these tenants, or about all: the one given before, where no event and no feedback of
   * these tenants came since, and nothing was forgotten; at once then. While answers are made for more than a quarter of the
   * time, also one that is older than the last change, by at most `staleMillis`. Who asks while the same answer is made
   * waits for that one, where it will be new enough.
   */
  readonly answer: (
    question: string,
    tenants: readonly string[] | undefined,
    make: () => Promise<SuggestAnswer>,
  ) => Buffer | Promise<Buffer>;
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
  readonly asOfChange: number;
  /** When it was asked for: its making began later. */
  readonly askedMillis: number;
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
/** Of the time that an answer may be too old: from then on whoever gets it has a new one made, and need not wait for that. */
const SHARE_UNTIL_RENEWED = 0.5;

/** An answer depends on the question and on the index alone: time is event time. */
export function createTextCache(
  served: Pick<ServedIndex, 'watch'>,
  { staleMillis, clock, onStale }: Staleness,
): TextCache {
  const answers = createAnswers();
  const lastChange = watchChanges(served);
  const underWay = new Map<string, Promise<Kept>>();
  const making = createAllowance(clock);

  const begin = (question: string, make: () => Promise<SuggestAnswer>): Promise<Kept> => {
    const made = (async (): Promise<Kept> => {
      const askedMillis = clock.monotonicMillis();
      const { text, tookMillis, asOfChange, mayBeKept } = await make();
      making.spend(tookMillis);
      const kept = { text: bufferOf(text), asOfChange, askedMillis };
      if (mayBeKept) answers.keep(question, kept);
      return kept;
    })().finally(() => underWay.delete(question));
    underWay.set(question, made);
    return made;
  };
  const makeOrJoin = async (
    question: string,
    leastChange: number,
    make: () => Promise<SuggestAnswer>,
  ): Promise<Buffer> => {
    const joined = await underWay.get(question);
    if (joined !== undefined && joined.asOfChange >= leastChange) return joined.text;
    // What is under way by now was begun after this was asked.
    return (await (underWay.get(question) ?? begin(question, make))).text;
  };
  return {
    answer: (question, tenants, make) => {
      const leastChange = lastChange(tenants);
      const known = answers.find(question);
      if (known === undefined) return makeOrJoin(question, leastChange, make);
      if (known.asOfChange >= leastChange) return known.text;
      const ageMillis = clock.monotonicMillis() - known.askedMillis;
      if (ageMillis >= staleMillis || !making.isSpent()) {
        return makeOrJoin(question, leastChange, make);
      }
      onStale();
      if (ageMillis >= SHARE_UNTIL_RENEWED * staleMillis && !underWay.has(question)) {
        // Whoever has to wait for an answer hears of the failure.
        begin(question, make).catch(() => undefined);
      }
      return known.text;
    },
  };
}

function bufferOf({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

/** @returns The number of the last change that concerned these tenants, or any. */
function watchChanges(
  served: Pick<ServedIndex, 'watch'>,
): (tenants: readonly string[] | undefined) => number {
  const byTenant = new Map<string, number>();
  let ofAll = 0;
  let last = 0;
  served.watch(({ number, tenants }) => {
    last = number;
    if (tenants === undefined) {
      ofAll = number;
      byTenant.clear();
    } else {
      for (const tenant of tenants) byTenant.set(tenant, number);
    }
  });
  return (tenants) =>
    tenants?.reduce((latest, tenant) => Math.max(latest, byTenant.get(tenant) ?? 0), ofAll) ?? last;
}

/** Answers by question; when they take too much room, those kept longest ago go first. */
function createAnswers(): {
  readonly find: (question: string) => Kept | undefined;
  readonly keep: (question: string, answer: Kept) => void;
} {
  const kept = new Map<string, Kept>();
  let keptBytes = 0;
  const forget = (question: string): void => {
    const known = kept.get(question);
    if (known === undefined) return;
    kept.delete(question);
    keptBytes -= sizeOf(question, known);
  };
  const forgetOldest = (): void => {
    for (const oldest of kept.keys()) {
      forget(oldest);
      if (keptBytes <= LEFT_BYTES) break;
    }
  };
  return {
    find: (question) => kept.get(question),
    keep: (question, answer) => {
      forget(question);
      if (sizeOf(question, answer) > MOST_BYTES) return;
      kept.set(question, answer);
      keptBytes += sizeOf(question, answer);
      if (keptBytes > MOST_BYTES) forgetOldest();
    },
  };
}

function sizeOf(question: string, { text }: Kept): number {
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
