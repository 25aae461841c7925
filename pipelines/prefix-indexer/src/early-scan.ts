import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { type EventScan, looksLikeEventLines, startEventScan } from '@wavetune/prefix-index/scan';

/** Options that a scan depends on: with one of them it waits until the command line is read. */
const DECIDING = /^--(threads|half-life|format|engine$|engine=)/;
/** Below, a thread takes longer to begin than the file. */
const LEAST_BYTES = 2 ** 24;
const DAY_MILLIS = 24 * 3600 * 1000;
const HALF_LIFE_MILLIS = 3600 * 1000;

let early: EventScan | undefined;

/**
 * Begins to scan the file that `ingest` names, while the modules of the command are loaded, which takes about as long. Words that
 * are no such file are left to the command, and so are all faults.
 */
export function beginEarly([command, ...words]: readonly string[]): void {
  if (command !== 'ingest' || words.some((word) => DECIDING.test(word))) return;
  const file = words.find((word) => isLarge(word) && looksLikeEventLines(word));
  if (file === undefined) return;
  const rules = { halfLifeMillis: HALF_LIFE_MILLIS, latestMillis: Date.now() + DAY_MILLIS };
  early = startEventScan(file, rules, availableParallelism());
}

/** The scan of this file that was begun, once. */
export function takeEarlyScan(file: string): EventScan | undefined {
  if (early?.path !== file) return undefined;
  const taken = early;
  early = undefined;
  return taken;
}

function isLarge(word: string): boolean {
  const found = statSync(word, { throwIfNoEntry: false });
  return found?.isFile() === true && found.size >= LEAST_BYTES;
}
