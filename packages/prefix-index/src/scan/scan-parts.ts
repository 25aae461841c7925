import type { EventScanner } from './event-scanner.ts';

/** Small enough that threads end together, and that a signal is heard soon. */
const PART_BYTES = 2 ** 21;
const PART = 0;
const IS_OVER = 1;

/** What the threads that scan one file share: which part comes next, and whether the scan is over before its end. */
export type ScanState = Int32Array<SharedArrayBuffer>;

export function newScanState(): ScanState {
  return new Int32Array(new SharedArrayBuffer(8));
}

/** No thread takes another part. */
export function endScan(state: ScanState): void {
  Atomics.store(state, IS_OVER, 1);
}

/**
 * Scans the next part of the file that nobody has taken.
 *
 * @returns False where there is none, or where the scan is over, as it is once a part holds anything but plain good events.
 */
export function scanNextPart(
  scanner: EventScanner,
  file: { readonly descriptor: number; readonly sizeBytes: number },
  state: ScanState,
): boolean {
  const from = Atomics.add(state, PART, 1) * PART_BYTES;
  if (from >= file.sizeBytes || wasEnded(state)) return false;
  const to = Math.min(file.sizeBytes, from + PART_BYTES);
  if (scanner.scan({ ...file, from, to })) return true;
  endScan(state);
  return false;
}

/** The file was not scanned to its end. */
export function wasEnded(state: ScanState): boolean {
  return Atomics.load(state, IS_OVER) === 1;
}
