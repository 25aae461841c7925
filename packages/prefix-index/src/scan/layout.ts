import { ROW_WIDTH } from '../totals/totals-columns.ts';

const HEAD_COUNTS = 8;

/** What a layout holds (see `assembly/layout.ts`), in its order. */
export interface Layout {
  readonly rowCount: number;
  readonly numbers: Float64Array;
  readonly runs: Float64Array;
  readonly buckets: Int32Array;
  readonly nameEnds: Uint32Array;
  readonly prefixEnds: Uint32Array;
  readonly parentEnds: Uint32Array;
  readonly bucketEnds: Uint32Array;
  readonly runEnds: Uint32Array;
  readonly tenants: Uint32Array;
  readonly models: Uint32Array;
  readonly names: Buffer;
  readonly prefixes: Buffer;
  readonly parents: Buffer;
}

export function layoutOf({ buffer, byteOffset }: Uint8Array): Layout {
  const counts = new Uint32Array(buffer, byteOffset, HEAD_COUNTS);
  const [rowCount, names, nameBytes, prefixBytes, parentBytes, buckets, runs] = counts;
  let at = byteOffset + counts.byteLength;
  const next = (sizeBytes: number): number => {
    at += sizeBytes;
    return at - sizeBytes;
  };
  const floats = (count: number) => new Float64Array(buffer, next(8 * count), count);
  const words = (count: number) => new Uint32Array(buffer, next(4 * count), count);
  const text = (count: number) => Buffer.from(buffer, next(count), count);
  return {
    rowCount,
    numbers: floats(rowCount * ROW_WIDTH),
    runs: floats(runs),
    buckets: new Int32Array(buffer, next(8 * buckets), 2 * buckets),
    nameEnds: words(names),
    prefixEnds: words(rowCount),
    parentEnds: words(rowCount),
    bucketEnds: words(rowCount),
    runEnds: words(rowCount),
    tenants: words(rowCount),
    models: words(rowCount),
    names: text(nameBytes),
    prefixes: text(prefixBytes),
    parents: text(parentBytes),
  };
}
