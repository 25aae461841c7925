/** Samples that an estimate is the mean of, each of a seed; five, chosen. */
export const SEEDS: readonly number[] = [1, 2, 3, 4, 5];
