import { NONE } from '@wavetune/core';
import type { Chunk, Vector } from '@wavetune/engine';
import type { Interner } from '@wavetune/interning';
import type { Schema } from '@wavetune/ir';
import type { Tail } from '@wavetune/trace';
import type { ChainReader, ChunkChains } from './chunk-chains.ts';
import type { Quarantine } from './quarantine.ts';
import { makeExtraRoom, makeRoom, type RequestTable } from './request-table.ts';
import type { TextIds } from './text-ids.ts';

/** Where rows go, and what is counted on the way. */
export interface ReadState {
  readonly table: RequestTable;
  readonly interner: Interner;
  readonly chains: ChainReader;
  readonly quarantine: Quarantine;
  readonly tenants: TextIds;
  readonly models: TextIds;
  readonly sessions: TextIds;
  readonly layers: TextIds;
  readonly tail: Tail;
  /** Tokens a block; the first good record's, then everybody's. */
  blockSize: number | undefined;
  records: number;
  outOfOrder: number;
  /** The latest time of the file that is read. */
  latestMillis: number;
}

/** Named columns of a chunk of canonical rows. */
interface CanonicalChunk {
  readonly rowCount: number;
  readonly record: Vector;
  readonly reason: readonly (string | null)[];
  readonly badText: readonly (string | null)[];
  readonly file: readonly (string | null)[] | undefined;
  readonly time: Float64Array;
  readonly order: Float64Array;
  readonly input: Float64Array;
  readonly output: Float64Array;
  readonly blockSize: Float64Array;
  readonly chain: Vector | undefined;
  readonly session: readonly (string | null)[] | undefined;
  readonly continues: readonly (string | null)[] | undefined;
  readonly tenant: readonly (string | null)[] | undefined;
  readonly model: readonly (string | null)[] | undefined;
  readonly layer: readonly (string | null)[] | undefined;
  readonly bytes: Float64Array | undefined;
  readonly pageStart: Float64Array | undefined;
  readonly pageEnd: Float64Array | undefined;
}

/** A chunk ready to be read by ranges of rows. */
export interface OpenChunk {
  readonly rows: CanonicalChunk;
  readonly chains: ChunkChains;
}

/** Rows `[begin, end)` of a chunk, which are of one file. */
export interface FileRows {
  readonly file: string;
  readonly begin: number;
  readonly end: number;
}

/** Decodes a chunk and makes room for all of it. */
export function openChunk(state: ReadState, chunk: Chunk, schema: Schema): OpenChunk {
  const rows = canonicalChunk(chunk, schema, state.chains.column);
  const chains = state.chains.read(rows.chain, chunk, (row) => rows.reason[row] === null);
  makeRoom(state.table, rows.rowCount, chains.offsets[rows.rowCount]);
  makeExtraRoom(state.table, {
    bytes: rows.bytes !== undefined,
    models: rows.model !== undefined,
    pages: rows.pageStart !== undefined,
  });
  return { rows, chains };
}

/** Cuts a chunk where its file changes; `file` is that of chunks that do not say. */
export function* fileRowsOf({ rows }: OpenChunk, file: string): Generator<FileRows> {
  const files = rows.file;
  let begin = 0;
  while (begin < rows.rowCount) {
    let end = files === undefined ? rows.rowCount : begin + 1;
    while (end < rows.rowCount && files?.[end] === files?.[begin]) end++;
    yield { file: files?.[begin] ?? file, begin, end };
    begin = end;
  }
}

/** Adds good rows to the table and bad ones to the quarantine. */
export function readRows(state: ReadState, chunk: OpenChunk, { file, begin, end }: FileRows): void {
  const { rows, chains } = chunk;
  for (let row = begin; row < end; row++) {
    const reason = rows.reason[row] ?? chains.reasons.get(row) ?? blockSizeReason(state, rows, row);
    if (reason === null) addRequest(state, rows, chains, row);
    else addBad(state.quarantine, rows, row, { file, reason });
  }
  state.records += end - begin;
}

function blockSizeReason(state: ReadState, rows: CanonicalChunk, row: number): string | null {
  const found = rows.blockSize[row];
  state.blockSize ??= found;
  if (found === state.blockSize) return null;
  return `a block is ${found} tokens here and ${state.blockSize} before; one run has one block size`;
}

function addBad(
  quarantine: Quarantine,
  rows: CanonicalChunk,
  row: number,
  at: { readonly file: string; readonly reason: string },
): void {
  const text = rows.badText[row];
  const record = rows.record.kind === 'i64' ? rows.record.words[2 * row] : 0;
  quarantine.add({ ...at, record, ...(text === null ? {} : { text }) });
}

function addRequest(
  state: ReadState,
  rows: CanonicalChunk,
  chains: ChunkChains,
  row: number,
): void {
  const { table } = state;
  const request = table.count++;
  const begin = chains.offsets[row];
  const inFile = chains.offsets[row + 1] - begin;
  const isSized = rows.chain?.kind !== 'text';
  const input = isSized ? rows.input[row] : inFile;
  const blockSize = rows.blockSize[row];
  const full = Math.floor(input / blockSize);
  const length = state.tail === 'drop' ? Math.min(inFile, full) : inFile;
  state.interner.internChain(chains.words, begin, begin + length, table.blocks, table.references);
  table.references += length;
  table.ends[request] = table.references;
  table.inputTokens[request] = input;
  table.coveredTokens[request] = Math.min(input, length * blockSize);
  table.outputTokens[request] = rows.output[row];
  table.timeMillis[request] = rows.time[row];
  const order = rows.order[row];
  if (order < state.latestMillis) state.outOfOrder++;
  else state.latestMillis = order;
  addLabels(state, rows, row, request);
}

function addLabels(state: ReadState, rows: CanonicalChunk, row: number, request: number): void {
  const { table, tenants, models, layers } = state;
  table.sessions[request] = sessionOf(state.sessions, rows, row);
  table.tenants[request] = tenants.idOf(rows.tenant?.[row] ?? NO_TENANT);
  if (table.models !== undefined) {
    table.models[request] = models.idOf(rows.model?.[row] ?? NO_MODEL);
  }
  if (table.bytes !== undefined) table.bytes[request] = rows.bytes?.[row] ?? 0;
  if (table.pages === undefined || rows.pageStart === undefined) return;
  table.pages.layers[request] = layers.idOf(rows.layer?.[row] ?? '');
  table.pages.starts[request] = rows.pageStart[row];
  table.pages.ends[request] = rows.pageEnd?.[row] ?? rows.pageStart[row];
}

/** The tenant of requests whose log names none. */
export const NO_TENANT = 'default';

/** The model of requests whose log names none. */
const NO_MODEL = 'default';

function sessionOf(sessions: TextIds, rows: CanonicalChunk, row: number): number {
  const name = rows.session?.[row] ?? null;
  if (name === null) return NONE;
  const before = rows.continues?.[row] ?? null;
  return before === null ? sessions.idOf(name) : sessions.aliasOf(name, before);
}

function canonicalChunk(
  chunk: Chunk,
  schema: Schema,
  chain: 'ids' | 'key' | undefined,
): CanonicalChunk {
  const vectorOf = (name: string): Vector | undefined =>
    chunk.columns[schema.findIndex((field) => field.name === name)];
  const texts = (name: string): readonly (string | null)[] | undefined => {
    const vector = vectorOf(name);
    return vector?.kind === 'text' ? vector.values : undefined;
  };
  const numbers = (name: string): Float64Array | undefined => {
    const vector = vectorOf(name);
    return vector?.kind === 'f64' ? vector.values : undefined;
  };
  const none = new Float64Array(0);
  const time = numbers('time_ms') ?? none;
  return {
    rowCount: chunk.rowCount,
    record: vectorOf('record')!,
    reason: texts('reason') ?? [],
    badText: texts('bad_text') ?? [],
    file: texts('file'),
    time,
    order: numbers('order_ms') ?? time,
    input: numbers('input_tokens') ?? none,
    output: numbers('output_tokens') ?? none,
    blockSize: numbers('block_size') ?? none,
    chain: chain && vectorOf(chain),
    session: texts('session'),
    continues: texts('continues'),
    tenant: texts('tenant'),
    model: texts('model'),
    layer: texts('layer'),
    bytes: numbers('bytes'),
    pageStart: numbers('page_start'),
    pageEnd: numbers('page_end'),
  };
}
