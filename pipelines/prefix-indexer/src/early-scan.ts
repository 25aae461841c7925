import { availableParallelism } from 'node:os';
import { beginScan, type EventScan } from '@wavetune/prefix-index/scan';

/** Options that a scan depends on: with one of them it waits until the command line is read. */
const DECIDING = /^--(threads|half-life|format|engine$|engine=)/;
const DAY_MILLIS = 24 * 3600 * 1000;
const HALF_LIFE_MILLIS = 3600 * 1000;

let early: EventScan | undefined;

/**
 * Begins to scan the file that `ingest` names, while the modules of the command are loaded, which takes about as long. Words that
 * are no such file are left to the command, and so are all faults.
 */
export function beginEarly([command, ...words]: readonly string[]): void {
  if (command !== 'ingest' || words.some((word) => DECIDING.test(word))) return;
  const rules = { halfLifeMillis: HALF_LIFE_MILLIS, latestMillis: Date.now() + DAY_MILLIS };
  for (const word of words) {
    early = beginScan(word, rules, availableParallelism());
    if (early !== undefined) return;
  }
}

/** The scan of this file that was begun, once. */
export function takeEarlyScan(file: string): EventScan | undefined {
  if (early?.path !== file) return undefined;
  const taken = early;
  early = undefined;
  return taken;
}
