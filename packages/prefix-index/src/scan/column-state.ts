const NEXT = 0;
const IS_OVER = 1;
const IS_TAKEN = 2;

/** What the threads that sum one file share: which group of rows comes next, and whether all are taken, or it is over before. */
export type ColumnState = Int32Array<SharedArrayBuffer>;

export function newColumnState(): ColumnState {
  return new Int32Array(new SharedArrayBuffer(12));
}

/** No thread takes another group. */
export function endColumns(state: ColumnState): void {
  Atomics.store(state, IS_OVER, 1);
}

/** The file was not read to its end. */
export function wereEnded(state: ColumnState): boolean {
  return Atomics.load(state, IS_OVER) === 1;
}

/** The next group of `count` ones that nobody has taken; undefined where there is none, or where the scan is over. */
export function takeGroup(state: ColumnState, count: number): number | undefined {
  const group = Atomics.add(state, NEXT, 1);
  if (group < count) return wereEnded(state) ? undefined : group;
  Atomics.store(state, IS_TAKEN, 1);
  return undefined;
}

/** Whether a thread that begins now finds nothing to do. */
export function isAllTaken(state: ColumnState): boolean {
  return Atomics.load(state, IS_TAKEN) === 1 || wereEnded(state);
}
