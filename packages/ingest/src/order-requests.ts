import { NONE, sharedFloat64, sharedUint32, type TraceColumns } from '@wavetune/core';
import type { RequestTable } from './request-table.ts';

/** Finished columns, and where their blocks come from. */
export interface OrderedTrace extends RequestExtras {
  readonly columns: TraceColumns;
  /** The number that the interner gave to each block; undefined where it is the same. */
  readonly internedAs: Uint32Array | undefined;
}

/** What some logs say of a request beside its columns. */
export interface RequestExtras {
  /** Bytes, for logs that carry sizes; shape `[n]`. */
  readonly bytes?: Float64Array;
  /** Dense ids of the models, for logs that have a place for them; shape `[n]`. */
  readonly modelOf?: Uint32Array;
  /** The page range of a request in a layer, for logs that carry pages. */
  readonly pages?: RequestPages;
}

/** Inclusive ranges of pages, below 2^53; each column of shape `[n]`. */
export interface RequestPages {
  readonly layers: Uint32Array;
  readonly starts: Float64Array;
  readonly ends: Float64Array;
}

/** Blocks as they were interned. */
interface NumberedBlocks {
  readonly parents: Uint32Array;
}

/**
 * Puts requests into the order of their arrival, stably, and blocks into that of their first appearance therein.
 *
 * Cost: one copy into shared memory where the log is in order already; else O(n log n + m).
 */
export function orderRequests(
  table: RequestTable,
  blocks: NumberedBlocks,
  blockSize: number,
): OrderedTrace {
  const order = arrivalOrder(table);
  const requests = {
    blockSize,
    inputTokens: arrangedUint32(table.inputTokens, table.count, order),
    coveredTokens: arrangedUint32(table.coveredTokens, table.count, order),
    outputTokens: arrangedUint32(table.outputTokens, table.count, order),
    timeMillis: arrangedFloat64(table.timeMillis, table.count, order),
    tenants: arrangedUint32(table.tenants, table.count, order),
    sessions: arrangedUint32(table.sessions, table.count, order),
  };
  const chains = arrangedChains(table, order);
  const extras = arrangedExtras(table, order);
  if (order === undefined) {
    const parents = arrangedUint32(blocks.parents, blocks.parents.length, undefined);
    return { columns: { ...requests, ...chains, parents }, internedAs: undefined, ...extras };
  }
  const { parents, internedAs } = renumberBlocks(chains.blocks, blocks.parents);
  return { columns: { ...requests, ...chains, parents }, internedAs, ...extras };
}

function arrangedExtras(table: RequestTable, order: Uint32Array | undefined): RequestExtras {
  const { bytes, models, pages, count } = table;
  return {
    ...(bytes && { bytes: arrangedFloat64(bytes, count, order) }),
    ...(models && { modelOf: arrangedUint32(models, count, order) }),
    ...(pages && {
      pages: {
        layers: arrangedUint32(pages.layers, count, order),
        starts: arrangedFloat64(pages.starts, count, order),
        ends: arrangedFloat64(pages.ends, count, order),
      },
    }),
  };
}

/** Request numbers by time, ties in the order of reading; undefined where that changes nothing. */
function arrivalOrder({ timeMillis, count }: RequestTable): Uint32Array | undefined {
  let row = 1;
  while (row < count && timeMillis[row] >= timeMillis[row - 1]) row++;
  if (row >= count) return undefined;
  const order = new Uint32Array(count);
  for (let i = 0; i < count; i++) order[i] = i;
  return order.sort((a, b) => timeMillis[a] - timeMillis[b] || a - b);
}

function arrangedUint32(
  source: Uint32Array,
  count: number,
  order: Uint32Array | undefined,
): Uint32Array {
  const target = sharedUint32(count);
  if (order === undefined) target.set(source.subarray(0, count));
  else for (let i = 0; i < count; i++) target[i] = source[order[i]];
  return target;
}

function arrangedFloat64(
  source: Float64Array,
  count: number,
  order: Uint32Array | undefined,
): Float64Array {
  const target = sharedFloat64(count);
  if (order === undefined) target.set(source.subarray(0, count));
  else for (let i = 0; i < count; i++) target[i] = source[order[i]];
  return target;
}

function arrangedChains(
  table: RequestTable,
  order: Uint32Array | undefined,
): { readonly offsets: Uint32Array; readonly blocks: Uint32Array } {
  const offsets = sharedUint32(table.count + 1);
  const blocks = sharedUint32(table.references);
  if (order === undefined) {
    offsets.set(table.ends.subarray(0, table.count), 1);
    blocks.set(table.blocks.subarray(0, table.references));
    return { offsets, blocks };
  }
  let at = 0;
  for (let i = 0; i < table.count; i++) {
    const request = order[i];
    const begin = request === 0 ? 0 : table.ends[request - 1];
    blocks.set(table.blocks.subarray(begin, table.ends[request]), at);
    at += table.ends[request] - begin;
    offsets[i + 1] = at;
  }
  return { offsets, blocks };
}

/** Rewrites `blocks` in place. Every block is referenced, and after its parent. */
function renumberBlocks(
  blocks: Uint32Array,
  oldParents: Uint32Array,
): { readonly parents: Uint32Array; readonly internedAs: Uint32Array } {
  const newOf = new Uint32Array(oldParents.length).fill(NONE);
  const internedAs = new Uint32Array(oldParents.length);
  const parents = sharedUint32(oldParents.length);
  let count = 0;
  for (let i = 0; i < blocks.length; i++) {
    const old = blocks[i];
    if (newOf[old] === NONE) {
      internedAs[count] = old;
      parents[count] = oldParents[old] === NONE ? NONE : newOf[oldParents[old]];
      newOf[old] = count++;
    }
    blocks[i] = newOf[old];
  }
  return { parents, internedAs };
}
