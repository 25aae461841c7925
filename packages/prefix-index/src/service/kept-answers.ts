import type { HeldText } from './text-rooms.ts';

/** An answer to a question. */
export interface Kept {
  readonly text: HeldText;
  readonly asOfChange: number;
  /** When it was seen last to have all changes; at first, when it was asked for, which is before it was made. */
  freshMillis: number;
  /** When somebody asked for it last. */
  askedMillis: number;
  /** It will be made anew in time. */
  isRenewed: boolean;
}

export interface Answers {
  readonly find: (question: string) => Kept | undefined;
  /** Holds it until it is forgotten. */
  readonly keep: (question: string, answer: Kept) => void;
}

/** Chosen: some hundred answers of a hundred hints. */
const MOST_BYTES = 32 * 2 ** 20;
/** Past the most, so much is left: finding the oldest among those that were forgotten takes time, and is not done each time. */
const LEFT_BYTES = MOST_BYTES - 2 ** 20;
/** Measured: what an answer takes besides itself and its question. */
const ENTRY_BYTES = 500;

/** Answers by question; when they take too much room, those kept longest ago go first. */
export function createAnswers(): Answers {
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
