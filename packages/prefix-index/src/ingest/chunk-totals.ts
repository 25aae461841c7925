import type { Chunk, Vector } from '@wavetune/engine';
import { momentOf } from '../totals/decay.ts';
import { latenciesOf } from '../totals/latency-buckets.ts';
import { MASS_AT } from '../totals/settings.ts';
import {
  AT,
  EMPTY_ROW,
  type FlatTriples,
  ROW_WIDTH,
  type TotalsColumns,
} from '../totals/totals-columns.ts';
import { EVENT_GROUPS, EVENT_TOTALS } from './event-plan.ts';
import { EPOCH_HALF_LIVES, PACKED_LAYER_NAMES, unpackPages } from './packed-pages.ts';

/** A chunk of the plan of event totals, read. */
export interface ChunkTotals {
  readonly totals: TotalsColumns;
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
      latencies: good.map((row) => latenciesOf(listAt(column('latencies'), row))),
      pages: pagesOf(column, good, layers),
      layers,
    },
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
  const latencies = column('latencies');
  rows.forEach((row, i) => {
    const from = i * ROW_WIDTH;
    numbers.set(EMPTY_ROW, from);
    numbers[from + AT.latencyCount] = listAt(latencies, row).length;
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

function pagesOf(
  column: (name: Column) => Vector,
  rows: readonly number[],
  layers: string[],
): readonly FlatTriples[] {
  const odd = textsOf(column('odd_pages'));
  const packed = column('pages');
  const layerIds = new Map<string, number>();
  return rows.map((row) => {
    const text = odd[row];
    if (text === null) return unpackPages(listAt(packed, row));
    const [, start, end, layer] = /^(\S+) (\S+) (.*)$/s.exec(text) as RegExpExecArray;
    const id = layerIds.get(layer) ?? layers.push(layer) - 1;
    layerIds.set(layer, id);
    return [id, Number(start), Number(end)];
  });
}

function textsOf(vector: Vector): readonly (string | null)[] {
  return vector.kind === 'text' ? vector.values : unexpected(vector, 'text');
}

function numberAt(vector: Vector, row: number): number {
  if (vector.kind === 'f64' || vector.kind === 'i64') return Number(vector.values[row]);
  return unexpected(vector, 'a number');
}

/** A row's elements that are not null; a view where none is. */
function listAt(vector: Vector, row: number): Float64Array {
  if (vector.kind !== 'list' || vector.child.kind !== 'f64') return unexpected(vector, 'numbers');
  const { offsets, child } = vector;
  const [from, to] = [offsets[row], offsets[row + 1]];
  let nulls = 0;
  for (let i = from; i < to; i++) if (child.isNull(i)) nulls++;
  if (nulls === 0) return child.values.subarray(from, to);
  if (nulls === to - from) return new Float64Array(0);
  return child.values.subarray(from, to).filter((_, i) => !child.isNull(from + i));
}

function unexpected(vector: Vector, wanted: string): never {
  throw new Error(`the plan of event totals gave ${vector.kind} where ${wanted} were planned`);
}
