import type { Caller } from './access.ts';
import type { ServiceCalls } from './calls.ts';
import type { SuggestQuestion } from './request-schemas.ts';

/** A stream of hints for one caller. */
export interface HintWatch {
  readonly caller: Caller;
  readonly question: SuggestQuestion;
  /** At least so long between two suggestions. */
  readonly minIntervalMillis: number;
  /**
   * @param suggestion - JSON, encoded; another's when it returns.
   * @returns False where the receiver has to catch up: then nothing is sent until {@link OpenWatch.resume}.
   */
  readonly send: (suggestion: Buffer) => boolean;
  readonly onFailure: (failure: unknown) => void;
}

export interface OpenWatch {
  /** The receiver has caught up. */
  readonly resume: () => void;
  readonly close: () => void;
}

/**
 * Sends the hints at once, and again after changes, where they are other than those sent last. What changes while the
 * receiver is behind, while hints are asked for, or too soon after the last, is sent as one.
 */
export function watchHints(calls: ServiceCalls, watch: HintWatch): OpenWatch {
  const { caller, question, minIntervalMillis } = watch;
  let sent: string | undefined;
  let isBehind = false;
  let isChanged = false;
  let isAsking = false;
  let isClosed = false;
  let timer: NodeJS.Timeout | undefined;

  const sendIfOther = (suggestion: Buffer): void => {
    const hints = hintsOf(suggestion);
    if (hints === sent) return;
    sent = hints;
    isBehind = !watch.send(suggestion);
  };
  const offer = async (): Promise<void> => {
    if (isBehind || isAsking) return;
    isAsking = true;
    isChanged = false;
    try {
      const suggestion = await calls.suggestAnew(caller, question);
      try {
        if (!isClosed) sendIfOther(suggestion.bytes);
      } finally {
        suggestion.letGo();
      }
    } catch (failure) {
      if (!isClosed) watch.onFailure(failure);
    } finally {
      isAsking = false;
    }
    if (!isClosed) timer = setTimeout(offerChanged, minIntervalMillis);
  };
  const offerChanged = (): void => {
    timer = undefined;
    if (isChanged) void offer();
  };
  const unwatch = calls.watch(caller, question, () => {
    isChanged = true;
    if (timer === undefined && !isAsking) timer = setTimeout(offerChanged, 0);
  });
  void offer();
  return {
    resume: () => {
      isBehind = false;
      if (timer === undefined && !isAsking) offerChanged();
    },
    close: () => {
      isClosed = true;
      unwatch();
      clearTimeout(timer);
      timer = undefined;
    },
  };
}

/** Without the time, which other prefixes move on. */
function hintsOf(suggestion: Buffer): string {
  const text = suggestion.toString();
  return text.slice(text.indexOf('"hints":'));
}
