import type { BatchRecord, StoreChange } from './index-store.ts';
import { type RowJson, rowsFromJson, rowToJson } from './rows-json.ts';
import { storeError } from './store-errors.ts';

/** A batch as JSON: a time that is none is left out. */
export interface BatchJson {
  readonly id: string;
  readonly source: string;
  readonly events: number;
  readonly newestMillis?: number;
}

interface ChangeJson {
  readonly batches: readonly BatchJson[];
  readonly rows: readonly RowJson[];
}

/** A change as UTF-8 JSON: what the log and shared stores hold. Control characters are escaped, so no byte of it is 0. */
export function encodeChange({ batches, totals }: StoreChange): Buffer {
  const rows: RowJson[] = [];
  for (let row = 0; row < totals.rowCount; row++) rows.push(rowToJson(totals, row));
  return Buffer.from(
    JSON.stringify({ batches: batches.map(batchToJson), rows } satisfies ChangeJson),
  );
}

/** A change of the log. @throws WavetuneError `index-store.damaged` where it is none. */
export function decodeRecord(bytes: Uint8Array, path: string): StoreChange {
  try {
    return decodeChange(bytes);
  } catch (error) {
    const reason = 'a record that is whole, and no change of an index';
    throw storeError('index-store.damaged', { path, place: 'a record', reason }, { cause: error });
  }
}

/** @throws TypeError or SyntaxError where the bytes are no change. */
export function decodeChange(bytes: Uint8Array): StoreChange {
  const { batches, rows } = JSON.parse(Buffer.from(bytes).toString('utf8')) as ChangeJson;
  return { batches: batches.map(batchFromJson), totals: rowsFromJson(rows) };
}

export function batchToJson({ batchId, source, events, newestMillis }: BatchRecord): BatchJson {
  return {
    id: batchId,
    source,
    events,
    ...(Number.isFinite(newestMillis) && { newestMillis }),
  };
}

export function batchFromJson(json: BatchJson): BatchRecord {
  const { id, source, events, newestMillis = Number.NEGATIVE_INFINITY } = json;
  if (typeof id !== 'string' || typeof source !== 'string' || typeof events !== 'number') {
    throw new TypeError('a batch without id, source or events');
  }
  return { batchId: id, source, events, newestMillis };
}
