import { exitPressure, MODES, type Mode, type ModeRules } from './pressure-mode.ts';

/** What registrations leave free. In blocks. */
export interface Room {
  /** The most that may be held after one without any being made. */
  readonly fullBlocks: number;
  /** What is held at most after some was made. */
  readonly targetBlocks: number;
}

/**
 * Room by which a stream of registrations never brings about `bound` by itself: one that would reach it makes room until
 * that mode would end, so that entries are ranked once for many registrations and not for each.
 */
export function roomBelow(bound: Mode, rules: ModeRules, mostBlocks: number): Room {
  const begin = rules.thresholds[MODES.indexOf(bound) - 1];
  return {
    fullBlocks: mostBelow(begin, mostBlocks),
    targetBlocks: mostBelow(exitPressure(bound, rules), mostBlocks),
  };
}

/** The most blocks whose pressure is less than `pressure`. */
function mostBelow(pressure: number, mostBlocks: number): number {
  const blocks = Math.ceil(pressure * mostBlocks);
  return blocks / mostBlocks < pressure ? blocks : blocks - 1;
}
