/** An event's time as the landmark before it and what its weight is multiplied by there. */
export interface Moment {
  /** In half-lives. */
  readonly landmark: number;
  /** In `(1/2, 2)`. */
  readonly growth: number;
}

/** Splits a time, so that no power of two overflows. */
export function momentOf(timeMillis: number, halfLifeMillis: number): Moment {
  const remainder = timeMillis % halfLifeMillis;
  return {
    landmark: Math.round((timeMillis - remainder) / halfLifeMillis),
    growth: 2 ** (remainder / halfLifeMillis),
  };
}

/** What a mass is worth as of a time: `mass × 2^(landmark − asOf / halfLife)`. */
export function decayedMass(
  mass: number,
  landmark: number,
  asOf: { readonly landmark: number; readonly growth: number },
): number {
  return mass === 0 ? 0 : (mass * 2 ** (landmark - asOf.landmark)) / asOf.growth;
}
