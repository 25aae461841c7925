import { crc32 } from 'node:zlib';
import { rowSlices } from '../totals/row-slices.ts';
import type { StoreSettings } from '../totals/settings.ts';
import { type BatchJson, batchFromJson, batchToJson } from './change-json.ts';
import type { BatchRecord, StoreChange } from './index-store.ts';
import { type RowJson, rowToJson } from './rows-json.ts';
import { settingsFromJson } from './settings-match.ts';

/**
 * The lines of a JSONL store, one JSON object each: `{"store": …}` first; then commits, each of its `{"batch": …}` and
 * `{"entry": …}` lines and a `{"commit": {lines, crc32, logSequence}}` line. What stands behind the last commit line was
 * cut short.
 */
export interface StoreLine {
  readonly store: {
    readonly id: string;
    readonly settings: StoreSettings;
    readonly prunedBeforeMillis?: number;
  };
}

export interface CommitLine {
  readonly commit: { readonly lines: number; readonly crc32: number; readonly logSequence: number };
}

/** What a line says. */
export type Line =
  | { readonly kind: 'batch'; readonly batch: BatchRecord }
  | { readonly kind: 'entry'; readonly row: RowJson }
  | ({ readonly kind: 'commit' } & CommitLine['commit']);

export function storeLine({ store }: StoreLine): string {
  return `${JSON.stringify({ store })}\n`;
}

/** A change as lines, in parts of some hundred; its commit line last. */
export function* changeLines(change: StoreChange, logSequence: number): Generator<string> {
  let checksum = 0;
  let part: string[] = [];
  let lines = 0;
  for (const line of bodyLines(change)) {
    checksum = crc32(line, checksum);
    lines++;
    if (part.push(line) < 512) continue;
    yield part.join('');
    part = [];
  }
  const commit = { lines, crc32: checksum, logSequence };
  yield `${part.join('')}${JSON.stringify({ commit } satisfies CommitLine)}\n`;
}

function* bodyLines({ batches, totals }: StoreChange): Generator<string> {
  for (const batch of batches) yield `${JSON.stringify({ batch: batchToJson(batch) })}\n`;
  for (const slice of rowSlices(totals)) {
    for (let row = 0; row < slice.rowCount; row++) {
      yield `${JSON.stringify({ entry: rowToJson(slice, row) })}\n`;
    }
  }
}

/** @throws TypeError or SyntaxError where it is none. */
export function parseStoreLine(text: string): StoreLine['store'] {
  const { store } = JSON.parse(text) as Partial<StoreLine>;
  if (store === undefined || !/^[0-9a-f]{16}$/.test(store.id)) throw new TypeError('no store line');
  return { ...store, settings: settingsFromJson(store.settings) };
}

/** @throws TypeError or SyntaxError where it is none. */
export function parseLine(text: string): Line {
  const line = JSON.parse(text) as {
    readonly batch?: BatchJson;
    readonly entry?: RowJson;
    readonly commit?: CommitLine['commit'];
  };
  if (line.entry !== undefined) return { kind: 'entry', row: line.entry };
  if (line.batch !== undefined) return { kind: 'batch', batch: batchFromJson(line.batch) };
  if (line.commit !== undefined) return { kind: 'commit', ...line.commit };
  throw new TypeError('a line that is no batch, entry or commit');
}
