import { NONE, type TraceColumns } from '@wavetune/core';
import { createInterner, grownFloat64, grownUint32, type Interner } from '@wavetune/interning';
import { shardsError } from './shards-errors.ts';

/** `count` keeps a partial last block with its remainder of tokens, `drop` drops it. */
export type Tail = 'count' | 'drop';

/** One shard, as columns. */
export interface ShardTrace {
  readonly columns: TraceColumns;
  /** References to blocks that stand for an id under a second parent. */
  readonly conflictReferences: number;
}

/** A shard as its rows come in; its arrays grow and serve the next shard again. */
export interface ShardBuilder {
  /** Row of the input, from 1, for messages. */
  row: number;
  requests: number;
  references: number;
  interner: Interner;
  offsets: Uint32Array;
  blocks: Uint32Array;
  inputTokens: Uint32Array;
  coveredTokens: Uint32Array;
  outputTokens: Uint32Array;
  timeMillis: Float64Array;
}

/** Indices of references are u32 and signed in places. */
const MOST_REFERENCES = 2 ** 31 - 1;
const FIRST_ROOM = 1024;

export function createShardBuilder(): ShardBuilder {
  return {
    row: 0,
    requests: 0,
    references: 0,
    interner: createInterner(),
    offsets: new Uint32Array(FIRST_ROOM + 1),
    blocks: new Uint32Array(FIRST_ROOM),
    inputTokens: new Uint32Array(FIRST_ROOM),
    coveredTokens: new Uint32Array(FIRST_ROOM),
    outputTokens: new Uint32Array(FIRST_ROOM),
    timeMillis: new Float64Array(FIRST_ROOM),
  };
}

/** One request of a shard. */
export interface ShardRequest {
  readonly timeMillis: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Its ids as pairs (low, high), the first `length` of them. */
  readonly words: Uint32Array;
  readonly length: number;
}

/** Adds the next request, which is no earlier than those before it. */
export function addRequest(
  builder: ShardBuilder,
  request: ShardRequest,
  { blockSize, tail }: { readonly blockSize: number; readonly tail: Tail },
): void {
  const at = builder.requests;
  if (at > 0 && request.timeMillis < builder.timeMillis[at - 1]) {
    const reason = `time ${request.timeMillis} comes after ${builder.timeMillis[at - 1]}`;
    throw shardsError('shards.out-of-order', { row: builder.row, reason });
  }
  const full = Math.floor(request.inputTokens / blockSize);
  const length = tail === 'drop' ? Math.min(request.length, full) : request.length;
  makeRoom(builder, length);
  const { references } = builder;
  builder.interner.internChain(request.words, 0, length, builder.blocks, references);
  builder.references = references + length;
  builder.offsets[at + 1] = builder.references;
  builder.inputTokens[at] = request.inputTokens;
  builder.coveredTokens[at] = Math.min(request.inputTokens, length * blockSize);
  builder.outputTokens[at] = request.outputTokens;
  builder.timeMillis[at] = request.timeMillis;
  builder.requests = at + 1;
}

/** The columns of what was added, and an empty builder again; they are valid until the next request is added. */
export function finishShard(builder: ShardBuilder, blockSize: number): ShardTrace {
  const { requests, references, interner } = builder;
  const { parents, conflicts } = interner.contents();
  const blocks = builder.blocks.subarray(0, references);
  builder.requests = 0;
  builder.references = 0;
  builder.interner = createInterner();
  return {
    columns: {
      blockSize,
      offsets: builder.offsets.subarray(0, requests + 1),
      blocks,
      inputTokens: builder.inputTokens.subarray(0, requests),
      coveredTokens: builder.coveredTokens.subarray(0, requests),
      outputTokens: builder.outputTokens.subarray(0, requests),
      timeMillis: builder.timeMillis.subarray(0, requests),
      tenants: new Uint32Array(requests),
      sessions: new Uint32Array(requests).fill(NONE),
      parents,
    },
    conflictReferences: countReferences(blocks, conflicts, parents.length),
  };
}

function makeRoom(builder: ShardBuilder, references: number): void {
  const needed = builder.references + references;
  if (needed > MOST_REFERENCES) {
    const { row } = builder;
    throw shardsError('shards.too-large', { row, references: MOST_REFERENCES });
  }
  builder.blocks = grownUint32(builder.blocks, needed);
  const requests = builder.requests + 1;
  if (requests < builder.offsets.length) return;
  builder.offsets = grownUint32(builder.offsets, requests + 1);
  builder.inputTokens = grownUint32(builder.inputTokens, builder.offsets.length);
  builder.coveredTokens = grownUint32(builder.coveredTokens, builder.offsets.length);
  builder.outputTokens = grownUint32(builder.outputTokens, builder.offsets.length);
  builder.timeMillis = grownFloat64(builder.timeMillis, builder.offsets.length);
}

function countReferences(blocks: Uint32Array, listed: Uint32Array, distinct: number): number {
  if (listed.length === 0) return 0;
  const isListed = new Uint8Array(distinct);
  for (const block of listed) isListed[block] = 1;
  let count = 0;
  for (const block of blocks) count += isListed[block];
  return count;
}
