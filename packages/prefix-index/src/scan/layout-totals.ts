import { newLists, writtenLists } from '../ingest/growing-lists.ts';
import { addRuns, layerOfRun, PACKED_LAYER_NAMES, PACKED_LAYERS } from '../ingest/packed-pages.ts';
import { withFlatLists } from '../totals/flat-columns.ts';
import { lazyColumns } from '../totals/lazy-columns.ts';
import { type FlatLists, ROW_WIDTH, type TotalsColumns } from '../totals/totals-columns.ts';

import { joinLayouts, type Layout, layoutOf } from './layout.ts';

/**
 * The totals in a layout, a row a key, texts and lists made when they are asked for; undefined where a text is no UTF-8.
 *
 * @param bytes - Stay as they are; they begin at a multiple of 8.
 * @param isWide - Whether some text is not ASCII.
 */
export function totalsOfLayout(bytes: Uint8Array, isWide: boolean): TotalsColumns | undefined {
  return totalsOfLayouts([bytes], isWide);
}

/** As {@link totalsOfLayout}, of all rows of several layouts; no key is in two of them. */
export function totalsOfLayouts(
  parts: readonly Uint8Array[],
  isWide: boolean,
): TotalsColumns | undefined {
  const layouts = parts.map(layoutOf);
  const layout = layouts.length === 1 ? layouts[0] : joinLayouts(layouts);
  try {
    const open = isWide ? wideTexts : asciiTexts;
    const names = open(layout.names, layout.nameEnds)(0, layout.nameEnds.length);
    const prefixes = open(layout.prefixes, layout.prefixEnds);
    const parents = open(layout.parents, layout.parentEnds);
    const layers = layersOf(layout);
    const { rowCount, numbers, tenants, models } = layout;
    return lazyColumns({ rowCount, numbers, layers: layers.names }, (from, to) =>
      withFlatLists(
        {
          rowCount: to - from,
          tenants: namesOf(tenants.subarray(from, to), names),
          models: namesOf(models.subarray(from, to), names),
          prefixes: prefixes(from, to),
          parents: parents(from, to).map((parent) => (parent === '' ? undefined : parent)),
          numbers: numbers.subarray(from * ROW_WIDTH, to * ROW_WIDTH),
          layers: layers.names,
        },
        { latencies: latenciesOf(layout, from, to), pages: pagesOf(layout, layers, from, to) },
      ),
    );
  } catch (error) {
    if (error instanceof TypeError && 'code' in error) return undefined;
    throw error;
  }
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

function layersOf({ runs }: Layout): Layers {
  const isUsed = new Uint8Array(PACKED_LAYERS);
  for (const run of runs) isUsed[layerOfRun(run)] = 1;
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
