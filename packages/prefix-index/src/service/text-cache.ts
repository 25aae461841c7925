import type { Clock } from '@wavetune/core';
import { createAllowance } from './allowance.ts';
import { createMakings, type Question } from './answer-makings.ts';
import { createAnswers, type Kept } from './kept-answers.ts';
import type { ServedIndex, SuggestAnswer } from './served-index.ts';
import type { HeldText } from './text-rooms.ts';

/** Answers as they are sent, encoded, for as long as nothing has changed that they depend on. */
export interface TextCache {
  /**
   * The answer to a question about these tenants, or about all: the one given before, where no event and no feedback of
   * these tenants came since, and nothing was forgotten; at once then. While answers are made for more than a tenth of the time,
   * also one that is older than the last change, by at most `staleMillis`. Who asks while the same answer is made
   * waits for that one, where it will be new enough. Whoever gets an answer holds it, and lets it go.
   *
   * @param mayBeStale - False for who is told of changes, and would not ask again.
   */
  readonly answer: (
    question: string,
    tenants: readonly string[] | undefined,
    make: () => Promise<SuggestAnswer<HeldText>>,
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

/** Of the time: the rest is for taking events, and for everything else that questions cost. */
const SHARE_OF_MAKING = 0.1;
/** So much may be spent at once: whoever asks alone, for answers that take less, gets every change at once. */
const BURST_MILLIS = 25;
/** Of the time that an answer may be too old: the rest is for making it anew before anybody has to wait for that. */
const LEAST_UNTIL_RENEWED = 0.6;
const MOST_UNTIL_RENEWED = 0.9;
/** The golden ratio's fraction: its multiples, less their whole parts, lie apart however many there are. */
const STEP = 0.618034;
/** Chosen: an answer that nobody has asked for so long is not made anew. */
const ASKED_MILLIS = 1000;

/** An answer depends on the question and on the index alone: time is event time. */
export function createTextCache(
  served: Pick<ServedIndex, 'watch'>,
  { staleMillis, clock, onStale }: Staleness,
): TextCache {
  const answers = createAnswers();
  const lastChange = watchChanges(served);
  const spending = createAllowance(clock, { share: SHARE_OF_MAKING, burstMillis: BURST_MILLIS });
  const makings = createMakings({ answers, spending, clock });

  let turn = 0;
  /** Over and over, until nobody asks any more, or answers take little of the time again. */
  const renewInTime = (question: Question, known: Kept): void => {
    if (known.isRenewed) return;
    known.isRenewed = true;
    // Answers that were asked for together are not all made anew together.
    turn = (turn + STEP) % 1;
    const share = LEAST_UNTIL_RENEWED + turn * (MOST_UNTIL_RENEWED - LEAST_UNTIL_RENEWED);
    const atMillis = known.freshMillis + share * staleMillis;
    const inMillis = Math.max(1, atMillis - clock.monotonicMillis());
    setTimeout(() => renew(question, known), inMillis).unref();
  };
  const renew = (question: Question, known: Kept): void => {
    known.isRenewed = false;
    const nowMillis = clock.monotonicMillis();
    const isAsked = nowMillis - known.askedMillis < ASKED_MILLIS;
    if (!isAsked || !spending.isSpent() || answers.find(question.text) !== known) return;
    if (known.asOfChange >= lastChange(question.tenants)) {
      known.freshMillis = nowMillis;
      renewInTime(question, known);
      return;
    }
    makings.makeOrJoin(question, 0).then(
      (renewed) => {
        renewed.text.letGo();
        renewed.askedMillis = Math.max(renewed.askedMillis, known.askedMillis);
        renewInTime(question, renewed);
      },
      // Whoever has to wait for an answer hears of the failure.
      () => undefined,
    );
  };
  const madeFor = async (question: Question, leastChange: number): Promise<HeldText> => {
    const kept = await makings.makeOrJoin(question, leastChange);
    kept.askedMillis = clock.monotonicMillis();
    return kept.text;
  };
  return {
    answer: (text, tenants, make, mayBeStale = true) => {
      const question = { text, tenants, make };
      const leastChange = lastChange(tenants);
      const known = answers.find(text);
      if (known === undefined) return madeFor(question, leastChange);
      const nowMillis = clock.monotonicMillis();
      if (known.asOfChange >= leastChange) {
        known.freshMillis = nowMillis;
      } else {
        const isTooOld = nowMillis - known.freshMillis >= staleMillis;
        if (!mayBeStale || isTooOld || !spending.isSpent()) {
          return madeFor(question, leastChange);
        }
        onStale();
        renewInTime(question, known);
      }
      known.askedMillis = nowMillis;
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
