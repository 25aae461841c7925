import type { Clock } from '@wavetune/core';
import type { ServedIndex, SuggestAnswer } from './served-index.ts';
import { createTextRooms, type HeldText } from './text-rooms.ts';

/** Answers as they are sent, encoded, for as long as nothing has changed that they depend on. */
export interface TextCache {
  /**
   * The answer to a question about these tenants, or about all: the one given before, where no event and no feedback of
   * these tenants came since, and nothing was forgotten; at once then. While answers are made for more than a quarter of the
   * time, also one that is older than the last change, by at most `staleMillis`. Who asks while the same answer is made
   * waits for that one, where it will be new enough. Whoever gets an answer holds it, and lets it go.
   *
   * @param mayBeStale - False for who is told of changes, and would not ask again.
   */
  readonly answer: (
    question: string,
    tenants: readonly string[] | undefined,
    make: () => Promise<SuggestAnswer>,
    mayBeStale?: boolean,
  ) => HeldText | Promise<HeldText>;
}

/** How long an answer may outlive a change where making answers takes too much of the time. */
export interface Staleness {
  /** 0 for never. */
  readonly staleMillis: number;
  readonly clock: Clock;
  readonly onStale: () => void;
}

interface Kept {
  readonly text: HeldText;
  readonly asOfChange: number;
  /** When it was asked for: its making began later. */
  readonly askedMillis: number;
}

interface Making {
  readonly made: Promise<Kept>;
  /** Who will hold the answer. */
  joiners: number;
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
  const rooms = createTextRooms();
  const answers = createAnswers();
  const lastChange = watchChanges(served);
  const underWay = new Map<string, Making>();
  const spending = createAllowance(clock);

  const begin = (question: string, make: () => Promise<SuggestAnswer>): Making => {
    const askedMillis = clock.monotonicMillis();
    const finish = (answer: SuggestAnswer): Kept => {
      spending.spend(answer.tookMillis);
      const { asOfChange } = answer;
      const kept = { text: rooms.put(answer.text), asOfChange, askedMillis };
      kept.text.hold(making.joiners);
      if (answer.mayBeKept) answers.keep(question, kept);
      else kept.text.letGo();
      return kept;
    };
    const made = (async (): Promise<Kept> => {
      try {
        return finish(await make());
      } finally {
        underWay.delete(question);
      }
    })();
    const making = { made, joiners: 0 };
    underWay.set(question, making);
    return making;
  };
  const join = (making: Making): Promise<Kept> => {
    making.joiners++;
    return making.made;
  };
  const makeOrJoin = async (
    question: string,
    leastChange: number,
    make: () => Promise<SuggestAnswer>,
  ): Promise<HeldText> => {
    const early = underWay.get(question);
    if (early !== undefined) {
      const { text, asOfChange } = await join(early);
      if (asOfChange >= leastChange) return text;
      text.letGo();
    }
    // What is under way by now was begun after this was asked.
    return (await join(underWay.get(question) ?? begin(question, make))).text;
  };
  return {
    answer: (question, tenants, make, mayBeStale = true) => {
      const leastChange = lastChange(tenants);
      const known = answers.find(question);
      if (known === undefined) return makeOrJoin(question, leastChange, make);
      if (known.asOfChange < leastChange) {
        const ageMillis = clock.monotonicMillis() - known.askedMillis;
        if (!mayBeStale || ageMillis >= staleMillis || !spending.isSpent()) {
          return makeOrJoin(question, leastChange, make);
        }
        onStale();
        if (ageMillis >= SHARE_UNTIL_RENEWED * staleMillis && !underWay.has(question)) {
          // Whoever has to wait for an answer hears of the failure.
          begin(question, make).made.catch(() => undefined);
        }
      }
      known.text.hold(1);
      return known.text;
    },
  };
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
  /** Holds it until it is forgotten. */
  readonly keep: (question: string, answer: Kept) => void;
} {
  const kept = new Map<string, Kept>();
  let keptBytes = 0;
  const forget = (question: string): void => {
    const known = kept.get(question);
    if (known === undefined) return;
    kept.delete(question);
    keptBytes -= sizeOf(question, known);
    known.text.letGo();
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
      kept.set(question, answer);
      keptBytes += sizeOf(question, answer);
      if (sizeOf(question, answer) > MOST_BYTES) forget(question);
      else if (keptBytes > MOST_BYTES) forgetOldest();
    },
  };
}

function sizeOf(question: string, { text }: Kept): number {
  return ENTRY_BYTES + 2 * question.length + text.roomBytes;
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
