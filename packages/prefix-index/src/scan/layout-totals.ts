import { PACKED_LAYER_NAMES, PACKED_LAYERS, unpackSortedPages } from '../ingest/packed-pages.ts';
import { withFlatLists } from '../totals/flat-columns.ts';
import { type FlatLists, ROW_WIDTH, type TotalsColumns } from '../totals/totals-columns.ts';

const HEAD_COUNTS = 8;

/** What a layout holds (see `assembly/layout.ts`), in its order. */
interface Layout {
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

/**
 * The totals in a layout, a row a key; undefined where a text is no UTF-8.
 *
 * @param isWide - Whether some text is not ASCII.
 */
export function totalsOfLayout(bytes: ArrayBuffer, isWide: boolean): TotalsColumns | undefined {
  const layout = layoutOf(bytes);
  try {
    const cut = isWide ? cutWide : cutAscii;
    const names = cut(layout.names, layout.nameEnds);
    const parents = cut(layout.parents, layout.parentEnds);
    const { pages, layers } = pagesOf(layout);
    return withFlatLists(
      {
        rowCount: layout.rowCount,
        tenants: Array.from(layout.tenants, (id) => names[id]),
        models: Array.from(layout.models, (id) => names[id]),
        prefixes: cut(layout.prefixes, layout.prefixEnds),
        parents: parents.map((parent) => (parent === '' ? undefined : parent)),
        numbers: layout.numbers,
        layers,
      },
      { latencies: latenciesOf(layout), pages },
    );
  } catch (error) {
    if (error instanceof TypeError && 'code' in error) return undefined;
    throw error;
  }
}

function layoutOf(bytes: ArrayBuffer): Layout {
  const counts = new Uint32Array(bytes, 0, HEAD_COUNTS);
  const [rowCount, names, nameBytes, prefixBytes, parentBytes, buckets, runs] = counts;
  let at = counts.byteLength;
  const next = (sizeBytes: number): number => {
    at += sizeBytes;
    return at - sizeBytes;
  };
  const floats = (count: number) => new Float64Array(bytes, next(8 * count), count);
  const words = (count: number) => new Uint32Array(bytes, next(4 * count), count);
  const text = (count: number) => Buffer.from(bytes, next(count), count);
  return {
    rowCount,
    numbers: floats(rowCount * ROW_WIDTH),
    runs: floats(runs),
    buckets: new Int32Array(bytes, next(8 * buckets), 2 * buckets),
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

function latenciesOf({ bucketEnds, buckets }: Layout): FlatLists {
  return { ends: bucketEnds.map((end) => 2 * end), items: Float64Array.from(buckets) };
}

/** Pages, their layers numbered without gaps, in the order of the numbers that they are named by. */
function pagesOf({ runEnds, runs }: Layout): {
  readonly pages: FlatLists;
  readonly layers: readonly string[];
} {
  const ends = new Uint32Array(runEnds.length);
  const items = new Float64Array(3 * runs.length);
  const isUsed = new Uint8Array(PACKED_LAYERS);
  let count = 0;
  runEnds.forEach((end, row) => {
    const packed = runs.subarray(row === 0 ? 0 : runEnds[row - 1], end);
    for (const cell of unpackSortedPages(packed)) items[count++] = cell;
    ends[row] = count;
  });
  for (let at = 0; at < count; at += 3) isUsed[items[at]] = 1;
  const used = [...isUsed.keys()].filter((layer) => isUsed[layer] === 1);
  const ids = new Uint16Array(PACKED_LAYERS);
  used.forEach((layer, id) => {
    ids[layer] = id;
  });
  for (let at = 0; at < count; at += 3) items[at] = ids[items[at]];
  return {
    pages: { ends, items: items.subarray(0, count) },
    layers: used.map((layer) => PACKED_LAYER_NAMES[layer]),
  };
}

function cutAscii(bytes: Buffer, ends: Uint32Array): string[] {
  const text = bytes.toString('latin1');
  const cut: string[] = [];
  let start = 0;
  for (const end of ends) {
    cut.push(text.slice(start, end));
    start = end;
  }
  return cut;
}

/** @throws TypeError with a code for what is no UTF-8. */
function cutWide(bytes: Buffer, ends: Uint32Array): string[] {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const cut: string[] = [];
  let start = 0;
  for (const end of ends) {
    cut.push(decoder.decode(bytes.subarray(start, end)));
    start = end;
  }
  return cut;
}
