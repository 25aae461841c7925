import { createTurns } from './turns.ts';

/** Runs a step on demand and at intervals, never two at once. */
export interface Stepper<Report> {
  readonly step: () => Promise<Report>;
  readonly start: (intervalMillis: number) => void;
  /** The step that is under way ends; no other begins. */
  readonly close: () => Promise<void>;
}

/** @param onFailure - Told of a failure of a step at its interval; the next comes nevertheless. */
export function createStepper<Report>(
  work: () => Promise<Report>,
  onFailure: (failure: unknown) => void,
): Stepper<Report> {
  const turns = createTurns();
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;
  const step = (): Promise<Report> => turns.take('step', work);
  const next = (intervalMillis: number): void => {
    if (isClosed) return;
    clearTimeout(timer);
    timer = setTimeout(async () => {
      await step().catch(onFailure);
      next(intervalMillis);
    }, intervalMillis);
    timer.unref();
  };
  return {
    step,
    start: next,
    close: async () => {
      isClosed = true;
      clearTimeout(timer);
      await turns.settle();
    },
  };
}
