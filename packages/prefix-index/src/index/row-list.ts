import { grownUint32 } from '@wavetune/interning';

/** Numbers of rows, outside of the heap. */
export interface RowList {
  readonly length: () => number;
  readonly at: (place: number) => number;
  readonly put: (place: number, row: number) => void;
  readonly push: (row: number) => void;
  readonly values: () => Iterable<number>;
}

const FIRST_ROWS = 4;

export function createRowList(): RowList {
  let rows: Uint32Array = new Uint32Array(FIRST_ROWS);
  let count = 0;
  return {
    length: () => count,
    at: (place) => rows[place],
    put: (place, row) => {
      rows[place] = row;
    },
    push: (row) => {
      rows = grownUint32(rows, count + 1);
      rows[count++] = row;
    },
    values: () => rows.subarray(0, count),
  };
}
