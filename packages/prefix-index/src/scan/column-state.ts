import { newScanState, type ScanState, wasEnded } from './scan-parts.ts';

/** What the threads that sum one file share: which group of rows comes next, and whether the scan is over before its end. */
export interface ColumnState {
  readonly next: Int32Array<SharedArrayBuffer>;
  readonly scan: ScanState;
}

export function newColumnState(): ColumnState {
  return { next: new Int32Array(new SharedArrayBuffer(4)), scan: newScanState() };
}

/** The next group of `count` ones that nobody has taken; undefined where there is none, or where the scan is over. */
export function takeGroup({ next, scan }: ColumnState, count: number): number | undefined {
  const group = Atomics.add(next, 0, 1);
  return group < count && !wasEnded(scan) ? group : undefined;
}
