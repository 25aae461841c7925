import type { EntryKey } from './prefix-event.ts';
import {
  EMPTY_ROW,
  ROW_WIDTH,
  TOTALS_NUMBERS,
  type TotalsColumns,
  type TotalsNumber,
} from './totals-columns.ts';

/** A row of totals as JSON can say it; a number is left out where it is that of no event. */
export interface TotalsRecord extends EntryKey, Partial<Readonly<Record<TotalsNumber, number>>> {
  readonly parent_prefix_id?: string;
  /** Bucket and count, ascending. */
  readonly latencies?: readonly (readonly [bucket: number, count: number])[];
  /** Layer, first page, last page. */
  readonly pages?: readonly (readonly [layer: string, start: number, end: number])[];
}

export function toRecord(totals: TotalsColumns, row: number): TotalsRecord {
  const { tenants, models, prefixes, parents, numbers, latencies, pages, layers } = totals;
  const own = TOTALS_NUMBERS.flatMap((name, i) => {
    const value = numbers[row * ROW_WIDTH + i];
    return value === EMPTY_ROW[i] ? [] : [[name, value] as const];
  });
  const parent = parents[row];
  return {
    tenant: tenants[row],
    model_id: models[row],
    prefix_id: prefixes[row],
    ...(parent !== undefined && { parent_prefix_id: parent }),
    ...Object.fromEntries(own),
    ...(latencies[row].length > 0 && { latencies: pairsOf(latencies[row]) }),
    ...(pages[row].length > 0 && { pages: runsOf(pages[row], layers) }),
  };
}

/** Records as totals again: `fromRecords(rows.map((row) => toRecord(totals, row)))` merges as `totals` does, bit for bit. */
export function fromRecords(records: readonly TotalsRecord[]): TotalsColumns {
  const layers: string[] = [];
  const layerIds = new Map<string, number>();
  const layerId = (layer: string): number => {
    const known = layerIds.get(layer) ?? layers.push(layer) - 1;
    layerIds.set(layer, known);
    return known;
  };
  const numbers = new Float64Array(records.length * ROW_WIDTH);
  records.forEach((record, row) => {
    TOTALS_NUMBERS.forEach((name, i) => {
      numbers[row * ROW_WIDTH + i] = record[name] ?? EMPTY_ROW[i];
    });
  });
  return {
    rowCount: records.length,
    tenants: records.map(({ tenant }) => tenant),
    models: records.map(({ model_id }) => model_id),
    prefixes: records.map(({ prefix_id }) => prefix_id),
    parents: records.map(({ parent_prefix_id }) => parent_prefix_id),
    numbers,
    latencies: records.map(({ latencies }) => latencies?.flat() ?? []),
    pages: records.map(
      ({ pages }) => pages?.flatMap(([layer, start, end]) => [layerId(layer), start, end]) ?? [],
    ),
    layers,
  };
}

function pairsOf(flat: readonly number[]): (readonly [number, number])[] {
  return Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i], flat[2 * i + 1]]);
}

function runsOf(
  flat: readonly number[],
  layers: readonly string[],
): (readonly [string, number, number])[] {
  return Array.from({ length: flat.length / 3 }, (_, i) => [
    layers[flat[3 * i]],
    flat[3 * i + 1],
    flat[3 * i + 2],
  ]);
}
