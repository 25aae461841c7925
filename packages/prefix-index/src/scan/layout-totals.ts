import { joinedLists, newLists, writtenLists } from '../ingest/growing-lists.ts';
import { addRuns, layerOfRun, PACKED_LAYER_NAMES, PACKED_LAYERS } from '../ingest/packed-pages.ts';
import { withFlatLists } from '../totals/flat-columns.ts';
import { lazyColumns } from '../totals/lazy-columns.ts';
import { type FlatLists, ROW_WIDTH, type TotalsColumns } from '../totals/totals-columns.ts';
import { type Layout, layoutOf } from './layout.ts';

/**
 * The totals in layouts, in their order, a row a key, texts and lists made when they are asked for; undefined where a text is no
 * UTF-8. No key is in two of them.
 *
 * @param layouts - Stay as they are; they begin at a multiple of 8.
 * @param isWide - Whether some text is not ASCII.
 */
export function totalsOfLayouts(
  layouts: readonly Uint8Array[],
  isWide: boolean,
): TotalsColumns | undefined {
  const found = layouts.map(layoutOf);
  const layers = layersOf(found);
  try {
    const parts = found.map((layout) => partOf(layout, layers, isWide));
    const rowCount = parts.reduce((count, part) => count + part.rowCount, 0);
    const numbers = joinedNumbers(found);
    return lazyColumns({ rowCount, numbers, layers: layers.names }, (from, to) => {
      const own = { layers: layers.names, numbers: rowsOf(numbers, from, to) };
      return withFlatLists(...joinedRows(pieces(parts, from, to), own));
    });
  } catch (error) {
    if (error instanceof TypeError && 'code' in error) return undefined;
    throw error;
  }
}

/** Rows without their numbers. */
interface Rows extends Omit<TotalsColumns, 'latencies' | 'pages' | 'flat' | 'numbers' | 'layers'> {
  readonly flat: NonNullable<TotalsColumns['flat']>;
}

/** The rows of one layout. */
interface Part {
  readonly rowCount: number;
  readonly slice: (from: number, to: number) => Rows;
}

/** @throws TypeError with a code for what is no UTF-8. */
function partOf(layout: Layout, layers: Layers, isWide: boolean): Part {
  const open = isWide ? wideTexts : asciiTexts;
  const names = open(layout.names, layout.nameEnds)(0, layout.nameEnds.length);
  const prefixes = open(layout.prefixes, layout.prefixEnds);
  const parents = open(layout.parents, layout.parentEnds);
  const { rowCount, tenants, models } = layout;
  return {
    rowCount,
    slice: (from, to) => ({
      rowCount: to - from,
      tenants: namesOf(tenants.subarray(from, to), names),
      models: namesOf(models.subarray(from, to), names),
      prefixes: prefixes(from, to),
      parents: parents(from, to).map((parent) => (parent === '' ? undefined : parent)),
      flat: {
        latencies: latenciesOf(layout, from, to),
        pages: pagesOf(layout, layers, from, to),
      },
    }),
  };
}

/** The rows from `from` until before `to` of all parts, where they stand. */
function pieces(parts: readonly Part[], from: number, to: number): Rows[] {
  const found: Rows[] = [];
  let base = 0;
  for (const { rowCount, slice } of parts) {
    const first = Math.max(from - base, 0);
    const end = Math.min(to - base, rowCount);
    if (first < end) found.push(slice(first, end));
    base += rowCount;
  }
  return found;
}

type FlatColumns = Parameters<typeof withFlatLists>;

function joinedRows(
  rows: readonly Rows[],
  own: Pick<TotalsColumns, 'numbers' | 'layers'>,
): FlatColumns {
  if (rows.length === 1) return [{ ...rows[0], ...own }, rows[0].flat];
  const columns = {
    rowCount: rows.reduce((count, { rowCount }) => count + rowCount, 0),
    tenants: rows.flatMap(({ tenants }) => tenants),
    models: rows.flatMap(({ models }) => models),
    prefixes: rows.flatMap(({ prefixes }) => prefixes),
    parents: rows.flatMap(({ parents }) => parents),
    ...own,
  };
  const flat = {
    latencies: joinedLists(rows.map(({ flat: { latencies } }) => latencies)),
    pages: joinedLists(rows.map(({ flat: { pages } }) => pages)),
  };
  return [columns, flat];
}

function joinedNumbers(layouts: readonly Layout[]): Float64Array {
  if (layouts.length === 1) return layouts[0].numbers;
  const count = layouts.reduce((sum, { numbers }) => sum + numbers.length, 0);
  const joined = new Float64Array(count);
  let at = 0;
  for (const { numbers } of layouts) {
    joined.set(numbers, at);
    at += numbers.length;
  }
  return joined;
}

function rowsOf(numbers: Float64Array, from: number, to: number): Float64Array {
  return numbers.subarray(from * ROW_WIDTH, to * ROW_WIDTH);
}

function namesOf(ids: Uint32Array, names: readonly string[]): string[] {
  const texts: string[] = [];
  for (const id of ids) texts.push(names[id]);
  return texts;
}

function latenciesOf({ bucketEnds, buckets }: Layout, from: number, to: number): FlatLists {
  const start = startOf(bucketEnds, from);
  return {
    ends: bucketEnds.slice(from, to).map((end) => 2 * (end - start)),
    items: new Float64Array(buckets.subarray(2 * start, 2 * startOf(bucketEnds, to))),
  };
}

/** The layers that occur, numbered without gaps in the order of the numbers that they are named by. */
interface Layers {
  readonly names: readonly string[];
  /** By the number that names it. */
  readonly ids: Uint16Array;
}

function layersOf(layouts: readonly Layout[]): Layers {
  const isUsed = new Uint8Array(PACKED_LAYERS);
  for (const { runs } of layouts) {
    for (let at = 0; at < runs.length; at++) isUsed[layerOfRun(runs[at])] = 1;
  }
  const used = [...isUsed.keys()].filter((layer) => isUsed[layer] === 1);
  const ids = new Uint16Array(PACKED_LAYERS);
  used.forEach((layer, id) => {
    ids[layer] = id;
  });
  return { ids, names: used.map((layer) => PACKED_LAYER_NAMES[layer]) };
}

function pagesOf({ runEnds, runs }: Layout, { ids }: Layers, from: number, to: number): FlatLists {
  let start = startOf(runEnds, from);
  const lists = newLists(to - from, 3 * (startOf(runEnds, to) - start));
  for (let row = from; row < to; row++) {
    addRuns(lists, runs, start, runEnds[row]);
    start = runEnds[row];
  }
  const { items, itemCount } = lists;
  for (let at = 0; at < itemCount; at += 3) items[at] = ids[items[at]];
  return writtenLists(lists);
}

function startOf(ends: Uint32Array, row: number): number {
  return row === 0 ? 0 : ends[row - 1];
}

/** Texts that stand behind one another, by the numbers of the first and of the one behind the last. */
type Texts = (from: number, to: number) => string[];

function asciiTexts(bytes: Buffer, ends: Uint32Array): Texts {
  const text = bytes.toString('latin1');
  return (from, to) => {
    const cut: string[] = [];
    let start = startOf(ends, from);
    for (let i = from; i < to; i++) {
      cut.push(text.slice(start, ends[i]));
      start = ends[i];
    }
    return cut;
  };
}

/** @throws TypeError with a code for what is no UTF-8. */
function wideTexts(bytes: Buffer, ends: Uint32Array): Texts {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const cut: string[] = [];
  let start = 0;
  for (const end of ends) {
    cut.push(decoder.decode(bytes.subarray(start, end)));
    start = end;
  }
  return (from, to) => cut.slice(from, to);
}
