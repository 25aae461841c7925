import type { Suggestion } from '../suggest/suggestion.ts';
import type { Caller } from './access.ts';
import type { ServiceCalls } from './calls.ts';
import type { SuggestQuestion } from './request-schemas.ts';

/** A stream of hints for one caller. */
export interface HintWatch {
  readonly caller: Caller;
  readonly question: SuggestQuestion;
  /** At least so long between two suggestions. */
  readonly minIntervalMillis: number;
  /** @returns False where the receiver has to catch up: then nothing is sent until {@link OpenWatch.resume}. */
  readonly send: (suggestion: Suggestion) => boolean;
  readonly onFailure: (failure: unknown) => void;
}

export interface OpenWatch {
  /** The receiver has caught up. */
  readonly resume: () => void;
  readonly close: () => void;
}

/**
 * Sends the hints at once, and again after changes, where they are other than those sent last. What changes while the
 * receiver is behind, or too soon after the last, is sent as one.
 */
export function watchHints(calls: ServiceCalls, watch: HintWatch): OpenWatch {
  const { caller, question, minIntervalMillis } = watch;
  let sent: string | undefined;
  let isBehind = false;
  let isChanged = false;
  let timer: NodeJS.Timeout | undefined;

  const offer = (): void => {
    timer = undefined;
    if (isBehind) return;
    isChanged = false;
    try {
      const suggestion = calls.suggest(caller, question);
      const text = JSON.stringify(suggestion.hints);
      if (text === sent) return;
      sent = text;
      isBehind = !watch.send(suggestion);
      timer = setTimeout(offerChanged, minIntervalMillis);
    } catch (failure) {
      watch.onFailure(failure);
    }
  };
  const offerChanged = (): void => {
    timer = undefined;
    if (isChanged) offer();
  };
  const unwatch = calls.watch(caller, question, () => {
    isChanged = true;
    if (timer === undefined) timer = setTimeout(offerChanged, 0);
  });
  offer();
  return {
    resume: () => {
      isBehind = false;
      if (timer === undefined) offerChanged();
    },
    close: () => {
      unwatch();
      clearTimeout(timer);
      timer = undefined;
    },
  };
}
