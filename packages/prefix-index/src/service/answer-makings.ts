import type { Clock } from '@wavetune/core';
import type { Allowance } from './allowance.ts';
import type { Answers, Kept } from './kept-answers.ts';
import type { SuggestAnswer } from './served-index.ts';
import type { HeldText } from './text-rooms.ts';

/** A question, as often as it is asked. */
export interface Question {
  readonly text: string;
  readonly tenants: readonly string[] | undefined;
  readonly make: () => Promise<SuggestAnswer<HeldText>>;
}

interface Making {
  readonly made: Promise<Kept>;
  /** Who will hold the answer. */
  joiners: number;
}

/** Answers that are being made. */
export interface Makings {
  /** An answer that has this change at least, held for whoever asks: the one under way, where it has, or another. */
  readonly makeOrJoin: (question: Question, leastChange: number) => Promise<Kept>;
}

export interface MakingParts {
  readonly answers: Answers;
  readonly spending: Allowance;
  readonly clock: Clock;
}

export function createMakings({ answers, spending, clock }: MakingParts): Makings {
  const underWay = new Map<string, Making>();
  const begin = ({ text: question, make }: Question): Making => {
    const freshMillis = clock.monotonicMillis();
    const finish = (answer: SuggestAnswer<HeldText>): Kept => {
      spending.spend(answer.tookMillis);
      const { asOfChange, mayBeKept } = answer;
      const kept = {
        text: answer.text,
        asOfChange,
        freshMillis,
        askedMillis: Number.NEGATIVE_INFINITY,
        isRenewed: false,
      };
      kept.text.hold(making.joiners);
      if (mayBeKept) answers.keep(question, kept);
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
  return {
    makeOrJoin: async (question, leastChange) => {
      const early = underWay.get(question.text);
      if (early !== undefined) {
        const joined = await join(early);
        if (joined.asOfChange >= leastChange) return joined;
        joined.text.letGo();
      }
      // What is under way by now was begun after this was asked.
      return join(underWay.get(question.text) ?? begin(question));
    },
  };
}
