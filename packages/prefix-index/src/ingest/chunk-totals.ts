import type { Chunk, Vector } from '@wavetune/engine';
import { momentOf } from '../totals/decay.ts';
import { MASS_AT } from '../totals/settings.ts';
import {
  AT,
  EMPTY_ROW,
  type FlatLists,
  ROW_WIDTH,
  type TotalsColumns,
} from '../totals/totals-columns.ts';
import { EVENT_GROUPS, EVENT_TOTALS } from './event-plan.ts';
import { endList, newLists, writtenLists } from './growing-lists.ts';
import { addLatencies } from './latency-counts.ts';
import { addRuns, EPOCH_HALF_LIVES, PACKED_LAYER_NAMES } from './packed-pages.ts';

/** A chunk of the plan of event totals, read. */
export interface ChunkTotals {
  readonly totals: Omit<TotalsColumns, 'latencies' | 'pages'>;
  readonly lists: { readonly latencies: FlatLists; readonly pages: FlatLists };
  /** Good ones. */
  readonly events: number;
  readonly badEvents: number;
  /** Of the rows; where they are several, a key can have several rows. */
  readonly epochs: ReadonlySet<number>;
  /** Likewise where pages did not pack. */
  readonly hasOddPages: boolean;
}

type Column = keyof typeof EVENT_GROUPS | keyof typeof EVENT_TOTALS;
type NumberColumn = Extract<keyof typeof EVENT_TOTALS, keyof typeof AT>;

const COLUMNS: readonly string[] = [...Object.keys(EVENT_GROUPS), ...Object.keys(EVENT_TOTALS)];
const NUMBER_COLUMNS = Object.keys(EVENT_TOTALS).filter((name) => name in AT) as NumberColumn[];

/** Chosen: so many numbers are sorted by inserting them. */
const MOST_INSERTED = 64;

/** Cost: O(rows + elements of their lists). */
export function readChunkTotals({ rowCount, columns }: Chunk, halfLifeMillis: number): ChunkTotals {
  const column = (name: Column): Vector => columns[COLUMNS.indexOf(name)];
  const tenants = textsOf(column('tenant'));
  const rows = Array.from({ length: rowCount }, (_, row) => row);
  const good = rows.filter((row) => tenants[row] !== null);
  const hits = column('hits');
  const count = (of: readonly number[]): number =>
    of.reduce((total, row) => total + numberAt(hits, row), 0);
  const events = count(good);
  const layers = [...PACKED_LAYER_NAMES];
  const parents = textsOf(column('parent'));
  const epochs = column('epoch');
  const odd = textsOf(column('odd_pages'));
  return {
    epochs: new Set(good.map((row) => numberAt(epochs, row))),
    hasOddPages: good.some((row) => odd[row] !== null),
    events,
    badEvents: count(rows) - events,
    totals: {
      rowCount: good.length,
      tenants: picked(tenants, good),
      models: picked(textsOf(column('model_id')), good),
      prefixes: picked(textsOf(column('prefix_id')), good),
      parents: good.map((row) => parents[row] ?? undefined),
      numbers: numbersOf(column, good, halfLifeMillis),
      layers,
    },
    lists: { latencies: latenciesOf(column, good), pages: pagesOf(column, good, layers) },
  };
}

function picked(texts: readonly (string | null)[], rows: readonly number[]): readonly string[] {
  return rows.map((row) => texts[row] as string);
}

function numbersOf(
  column: (name: Column) => Vector,
  rows: readonly number[],
  halfLifeMillis: number,
): Float64Array {
  const numbers = new Float64Array(rows.length * ROW_WIDTH);
  const epochs = column('epoch');
  const latencies = numberLists(column('latencies'));
  rows.forEach((row, i) => {
    const from = i * ROW_WIDTH;
    numbers.set(EMPTY_ROW, from);
    numbers[from + AT.latencyCount] = latencies.read(row);
  });
  for (const name of NUMBER_COLUMNS) {
    const vector = column(name);
    const at = AT[name];
    rows.forEach((row, i) => {
      if (!vector.isNull(row)) numbers[i * ROW_WIDTH + at] = numberAt(vector, row);
    });
  }
  rows.forEach((row, i) => {
    moveLandmark(numbers, i * ROW_WIDTH, {
      from: numberAt(epochs, row) * EPOCH_HALF_LIVES,
      to: momentOf(numbers[i * ROW_WIDTH + AT.lastSeenMillis], halfLifeMillis).landmark,
    });
  });
  return numbers;
}

/** From an epoch's beginning to the newest event's half-life, which is exact. */
function moveLandmark(
  numbers: Float64Array,
  row: number,
  { from, to }: { readonly from: number; readonly to: number },
): void {
  numbers[row + AT.landmark] = to;
  const scale = 2 ** (from - to);
  for (const at of Object.values(MASS_AT)) numbers[row + at] *= scale;
}

function latenciesOf(column: (name: Column) => Vector, rows: readonly number[]): FlatLists {
  const latencies = numberLists(column('latencies'));
  const lists = newLists(rows.length, 2 * latencies.itemCount);
  for (const row of rows) addLatencies(lists, latencies.room, latencies.read(row));
  return writtenLists(lists);
}

function pagesOf(
  column: (name: Column) => Vector,
  rows: readonly number[],
  layers: string[],
): FlatLists {
  const odd = textsOf(column('odd_pages'));
  const packed = numberLists(column('pages'));
  const lists = newLists(rows.length, 3 * (packed.itemCount + rows.length));
  const layerIds = new Map<string, number>();
  for (const row of rows) {
    const text = odd[row];
    if (text === null) {
      const count = packed.read(row);
      sortFirst(packed.room, count);
      addRuns(lists, packed.room, 0, count);
      continue;
    }
    const [, start, end, layer] = /^(\S+) (\S+) (.*)$/s.exec(text) as RegExpExecArray;
    const id = layerIds.get(layer) ?? layers.push(layer) - 1;
    layerIds.set(layer, id);
    lists.items.set([id, Number(start), Number(end)], lists.itemCount);
    lists.itemCount += 3;
    endList(lists);
  }
  return writtenLists(lists);
}

/** Sorts so many numbers at the beginning; few of them at once, without a call. */
function sortFirst(values: Float64Array, count: number): void {
  if (count > MOST_INSERTED) {
    values.subarray(0, count).sort();
    return;
  }
  for (let i = 1; i < count; i++) {
    const value = values[i];
    let at = i;
    for (; at > 0 && values[at - 1] > value; at--) values[at] = values[at - 1];
    values[at] = value;
  }
}

function textsOf(vector: Vector): readonly (string | null)[] {
  return vector.kind === 'text' ? vector.values : unexpected(vector, 'text');
}

function numberAt(vector: Vector, row: number): number {
  if (vector.kind === 'f64' || vector.kind === 'i64') return Number(vector.values[row]);
  return unexpected(vector, 'a number');
}

/** The lists of a vector. */
interface NumberLists {
  /** In all. */
  readonly itemCount: number;
  readonly room: Float64Array;
  /** Writes a row's elements that are not null to the beginning of `room`. @returns How many there are. */
  readonly read: (row: number) => number;
}

function numberLists(vector: Vector): NumberLists {
  if (vector.kind !== 'list' || vector.child.kind !== 'f64') return unexpected(vector, 'numbers');
  const { offsets, child } = vector;
  const { values } = child;
  let longest = 0;
  for (let row = 0; row + 1 < offsets.length; row++) {
    longest = Math.max(longest, offsets[row + 1] - offsets[row]);
  }
  const room = new Float64Array(longest);
  return {
    itemCount: offsets[offsets.length - 1],
    room,
    read: (row) => {
      let count = 0;
      for (let i = offsets[row]; i < offsets[row + 1]; i++) {
        if (!child.isNull(i)) room[count++] = values[i];
      }
      return count;
    },
  };
}

function unexpected(vector: Vector, wanted: string): never {
  throw new Error(`the plan of event totals gave ${vector.kind} where ${wanted} were planned`);
}
