import { createHash, type Hash } from 'node:crypto';
import type { RequestTable } from './request-table.ts';

/** A place in the table and in the block numbers. */
export interface TableMark {
  readonly count: number;
  readonly references: number;
  /** Blocks are told apart relative to this one. */
  readonly firstBlock: number;
}

const BATCH = 2 ** 16;

/**
 * Names the requests from a mark on by their content: times, lengths, chains, sizes. Two files of local ids agree also
 * where one has renamed its ids.
 */
export function digestFrom(table: RequestTable, mark: TableMark): string {
  const hash = createHash('sha256');
  const { count: from } = mark;
  const to = table.count;
  for (const column of [table.inputTokens, table.outputTokens])
    hash.update(column.subarray(from, to));
  hash.update(table.timeMillis.subarray(from, to));
  if (table.bytes) hash.update(table.bytes.subarray(from, to));
  updateRelative(hash, table.ends.subarray(from, to), mark.references);
  updateRelative(hash, table.blocks.subarray(mark.references, table.references), mark.firstBlock);
  return hash.digest('hex');
}

function updateRelative(hash: Hash, values: Uint32Array | Float64Array, base: number): void {
  const batch = new Float64Array(Math.min(BATCH, values.length));
  for (let at = 0; at < values.length; at += BATCH) {
    const length = Math.min(BATCH, values.length - at);
    for (let i = 0; i < length; i++) batch[i] = values[at + i] - base;
    hash.update(batch.subarray(0, length));
  }
}
