import { memoryError } from './memory-errors.ts';

/** What the cache does about its memory, the calmest first. */
export const MODES = ['relaxed', 'normal', 'pressure', 'critical', 'emergency'] as const;

export type Mode = (typeof MODES)[number];

export interface ModeRules {
  /** Pressure from which `normal`, `pressure`, `critical` and `emergency` hold, ascending. */
  readonly thresholds: readonly [number, number, number, number];
  /** How far below its threshold the pressure must fall before a mode ends. */
  readonly hysteresis: number;
}

/** The thresholds are the registry's specification; the hysteresis is chosen: under the narrowest mode's width of 0.04. */
export const DEFAULT_MODE_RULES: ModeRules = {
  thresholds: [0.7, 0.85, 0.92, 0.96],
  hysteresis: 0.03,
};

/** @throws WavetuneError `memory.bad-thresholds` */
export function checkModeRules({ thresholds, hysteresis }: ModeRules): void {
  const isAscending = thresholds.every(
    (threshold, at) =>
      threshold > 0 && threshold < 1 && threshold - (thresholds[at - 1] ?? 0) > hysteresis,
  );
  if (!isAscending || !(hysteresis >= 0)) {
    throw memoryError('memory.bad-thresholds', { found: [...thresholds] });
  }
}

/**
 * The mode after `pressure` was read in `mode`.
 *
 * Up at once, past as many thresholds as are reached; down, one mode after the other in the same step, only while the
 * pressure is more than the hysteresis below the threshold of the mode that ends. So a pressure that swings by less than
 * the hysteresis changes the mode at most once.
 */
export function nextMode(
  mode: Mode,
  pressure: number,
  { thresholds, hysteresis }: ModeRules,
): Mode {
  const reached = thresholds.findLastIndex((threshold) => pressure >= threshold) + 1;
  let at = Math.max(MODES.indexOf(mode), reached);
  while (at > reached && pressure < thresholds[at - 1] - hysteresis) at--;
  return MODES[at];
}

/** The pressure under which `mode` ends: what its evictions aim at. 0 for `relaxed`, which never ends downwards. */
export function exitPressure(mode: Mode, { thresholds, hysteresis }: ModeRules): number {
  const at = MODES.indexOf(mode);
  return at === 0 ? 0 : thresholds[at - 1] - hysteresis;
}
