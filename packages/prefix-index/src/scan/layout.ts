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

/** The rows of all of them, in order; a name may then be there twice. */
export function joinLayouts(layouts: readonly Layout[]): Layout {
  const ends = (of: (layout: Layout) => Uint32Array): Uint32Array => {
    let base = 0;
    return joined(Uint32Array, layouts, (layout) => {
      const moved = of(layout).map((end) => end + base);
      base = moved.at(-1) ?? base;
      return moved;
    });
  };
  const ids = (of: (layout: Layout) => Uint32Array): Uint32Array => {
    let base = 0;
    return joined(Uint32Array, layouts, (layout) => {
      const moved = of(layout).map((id) => id + base);
      base += layout.nameEnds.length;
      return moved;
    });
  };
  const text = (of: (layout: Layout) => Buffer): Buffer => Buffer.concat(layouts.map(of));
  return {
    rowCount: layouts.reduce((count, layout) => count + layout.rowCount, 0),
    numbers: joined(Float64Array, layouts, ({ numbers }) => numbers),
    runs: joined(Float64Array, layouts, ({ runs }) => runs),
    buckets: joined(Int32Array, layouts, ({ buckets }) => buckets),
    nameEnds: ends(({ nameEnds }) => nameEnds),
    prefixEnds: ends(({ prefixEnds }) => prefixEnds),
    parentEnds: ends(({ parentEnds }) => parentEnds),
    bucketEnds: ends(({ bucketEnds }) => bucketEnds),
    runEnds: ends(({ runEnds }) => runEnds),
    tenants: ids(({ tenants }) => tenants),
    models: ids(({ models }) => models),
    names: text(({ names }) => names),
    prefixes: text(({ prefixes }) => prefixes),
    parents: text(({ parents }) => parents),
  };
}

type Numbers = Float64Array | Int32Array | Uint32Array;

function joined<Column extends Numbers>(
  kind: new (length: number) => Column,
  layouts: readonly Layout[],
  of: (layout: Layout) => Column,
): Column {
  const parts = layouts.map(of);
  const whole = new kind(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
