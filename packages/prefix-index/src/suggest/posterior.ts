/** Decayed counts of what became of hints. */
export interface Outcomes {
  readonly used: number;
  readonly unused: number;
  readonly evicted_early: number;
}

/** What is believed of a prefix of which nothing is known: four hints of five are used. Chosen. */
const PRIOR_USED = 4;
const PRIOR_WASTED = 1;

/**
 * How probable it is that a hint gets used: the mean of the Beta posterior of a Bernoulli trial. Outcomes decay as scores
 * do, so that a prefix that went unused recovers.
 */
export function useProbability({ used, unused, evicted_early }: Outcomes): number {
  const all = used + unused + evicted_early;
  return (PRIOR_USED + used) / (PRIOR_USED + PRIOR_WASTED + all);
}

/** What a score is multiplied by: 1 without feedback and for hints that pay, less for others. */
export function usefulness(outcomes: Outcomes): number {
  return Math.min(1, (useProbability(outcomes) * (PRIOR_USED + PRIOR_WASTED)) / PRIOR_USED);
}
