import { momentOf } from './decay.ts';
import { KEY } from './key-slots.ts';
import { latencyBucket, mergeLatencies } from './latency-buckets.ts';
import { mergeNumbers } from './merge-numbers.ts';
import { mergePages } from './page-runs.ts';
import type { PrefixEvent } from './prefix-event.ts';
import type { TableState } from './table-state.ts';
import {
  AT,
  EMPTY_ROW,
  type FlatPairs,
  type FlatTriples,
  type TotalsColumns,
} from './totals-columns.ts';

/** Adds an event to its row. */
export function addToRow(
  table: TableState,
  row: number,
  event: PrefixEvent,
  halfLifeMillis: number,
): void {
  mergeNumbers(table.numbers, row, numbersOf(event, halfLifeMillis), 0);
  mergeParent(table, row, event.parent_prefix_id);
  const { latency_ms: latency, page_start: start, page_end: end } = event;
  if (latency !== undefined) mergeBuckets(table, row, [latencyBucket(latency), 1]);
  if (start !== undefined && end !== undefined) {
    const layer = table.layers.idOf(String(event.layer ?? ''));
    mergeRuns(table, row, [layer, start, end]);
  }
}

/** What one event is as a row. */
function numbersOf(event: PrefixEvent, halfLifeMillis: number): readonly number[] {
  const { timestamp_ms: time, bytes, tokens, prefill_ms: prefill, latency_ms: latency } = event;
  const { landmark, growth } = momentOf(time, halfLifeMillis);
  const numbers = [...EMPTY_ROW];
  numbers[AT.landmark] = landmark;
  numbers[AT.bytesMass] = bytes * growth;
  numbers[AT.requestsMass] = growth;
  numbers[AT.tokensMass] = (tokens ?? 0) * growth;
  numbers[AT.prefillMass] = (prefill ?? 0) * growth;
  numbers[AT.hits] = 1;
  numbers[AT.bytes] = bytes;
  if (tokens !== undefined) numbers[AT.tokens] = tokens;
  if (prefill !== undefined) {
    numbers[AT.prefillMillis] = prefill;
    numbers[AT.prefillCount] = 1;
  }
  numbers[AT.firstSeenMillis] = time;
  numbers[AT.lastSeenMillis] = time;
  if (latency !== undefined) {
    numbers[AT.latencyMillis] = latency;
    numbers[AT.latencyCount] = 1;
  }
  const { page_start: start, page_end: end } = event;
  if (start !== undefined && end !== undefined) numbers[AT.pageBytes] = bytes / (end - start + 1);
  else numbers[AT.unpagedBytes] = bytes;
  return numbers;
}

interface ForeignRow {
  readonly columns: TotalsColumns;
  readonly from: number;
  readonly layerId: (name: string) => number;
}

/** Adds a row of other totals to a row. */
export function mergeIntoRow(
  table: TableState,
  row: number,
  { columns, from, layerId }: ForeignRow,
): void {
  mergeNumbers(table.numbers, row, columns.numbers, from);
  mergeParent(table, row, columns.parents[from]);
  mergeBuckets(table, row, columns.latencies[from]);
  const pages = columns.pages[from];
  if (pages.length > 0) mergeRuns(table, row, renumbered(pages, columns.layers, layerId));
}

/** Two events that name different parents disagree; then the later name in code-unit order stands, in whatever order they come. */
function mergeParent(table: TableState, row: number, name: string | undefined): void {
  if (name === undefined) return;
  const { keys, texts } = table;
  const at = row * KEY.width + KEY.parent;
  const known = keys.words[at];
  if (known > 0 && texts.textOf(known - 1) >= name) return;
  keys.words[at] = texts.idOf(name) + 1;
}

function mergeBuckets({ latencies }: TableState, row: number, added: FlatPairs): void {
  if (added.length > 0) latencies.set(row, mergeLatencies(latencies.get(row), added));
}

function mergeRuns({ pages }: TableState, row: number, added: FlatTriples): void {
  const known = pages.get(row);
  const merged = mergePages(known, added);
  if (merged !== known) pages.set(row, merged);
}

/** The same runs under this table's numbers of layers, in their order. */
function renumbered(
  pages: FlatTriples,
  layers: readonly string[],
  layerId: (name: string) => number,
): FlatTriples {
  let isSame = true;
  for (let at = 0; at < pages.length && isSame; at += 3) {
    const isInOrder = at === 0 || pages[at] >= pages[at - 3];
    isSame = isInOrder && layerId(layers[pages[at]]) === pages[at];
  }
  if (isSame) return pages;
  const runs: (readonly number[])[] = [];
  for (let at = 0; at < pages.length; at += 3) {
    runs.push([layerId(layers[pages[at]]), pages[at + 1], pages[at + 2]]);
  }
  return runs.sort((a, b) => a[0] - b[0] || a[1] - b[1]).flat();
}
