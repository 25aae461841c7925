/** How long a value that a miss loaded may stay, by how full the cache is then. */
export interface TtlRule {
  /** Below this share of the memory values stay longest. */
  readonly relaxedBelow: number;
  /** Above this share they stay shortest. */
  readonly tightAbove: number;
  readonly relaxedSeconds: number;
  /** From `relaxedBelow` to `tightAbove`, both included. */
  readonly middleSeconds: number;
  readonly tightSeconds: number;
}

/** Under half full half an hour, over four fifths full five minutes. */
export const TTL_RULE: TtlRule = {
  relaxedBelow: 0.5,
  tightAbove: 0.8,
  relaxedSeconds: 1800,
  middleSeconds: 900,
  tightSeconds: 300,
};

/** @param pressure - Used over allowed memory before the value is stored. */
export function ttlSecondsOf(rule: TtlRule, pressure: number): number {
  if (pressure < rule.relaxedBelow) return rule.relaxedSeconds;
  return pressure > rule.tightAbove ? rule.tightSeconds : rule.middleSeconds;
}
