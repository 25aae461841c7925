import type { TraceColumns } from '@wavetune/core';
import type { QueryEngine } from '@wavetune/engine';
import { createInterner } from '@wavetune/interning';
import { schemaOf } from '@wavetune/ir';
import { type TraceFormat, type TraceOptions, type TraceSample, traceError } from '@wavetune/trace';
import { type BlockNames, createBlockNames, idText } from './block-names.ts';
import { createChainReader } from './chunk-chains.ts';
import { detectFiles } from './detect-files.ts';
import { ingestError } from './ingest-errors.ts';
import { orderRequests, type RequestExtras } from './order-requests.ts';
import type { DuplicateFile, QualityReport } from './quality.ts';
import { type Quarantine, withQuarantine } from './quarantine.ts';
import type { ReadState } from './read-chunk.ts';
import { type FilesRead, namespaceNames, type ReadProgress, readFiles } from './read-files.ts';
import { createRequestTable } from './request-table.ts';
import { createTextIds } from './text-ids.ts';

/** What to read, and how. */
export interface ReadTraceOptions {
  /** Read in this order. */
  readonly files: readonly string[];
  /** A name of `TRACE_FORMATS`, or `auto`, which looks at the content. */
  readonly format: string;
  readonly options?: TraceOptions;
  readonly engine: QueryEngine;
  /** Bad records go here, one JSON object a line; without it they are counted only. */
  readonly quarantinePath?: string;
  /** The share of bad records past which nothing is read; 0.01 unless said otherwise. */
  readonly maxBadRatio?: number;
  /** False reads ids that are local to a file as if they were not, which is refused. */
  readonly namespaced?: boolean;
  readonly progress?: (progress: ReadProgress) => void;
}

/** A log, read. */
export interface ReadTrace extends RequestExtras {
  readonly columns: TraceColumns;
  readonly names: BlockNames;
  /** By the ids in `columns.tenants`. */
  readonly tenants: readonly string[];
  /** By the ids in `modelOf`. */
  readonly models: readonly string[];
  /** By the ids in `columns.sessions`. */
  readonly sessions: readonly string[];
  /** By the ids in `pages.layers`. */
  readonly layers: readonly string[];
  readonly quality: QualityReport;
  readonly source: TraceSource;
}

/** Where a trace comes from: enough to plan over its rows again. */
export interface TraceSource {
  readonly format: TraceFormat;
  readonly options: TraceOptions;
  /** One a file that was read, duplicates left out. */
  readonly samples: readonly TraceSample[];
  /** The names of the canonical columns. */
  readonly columns: readonly string[];
  /** What stands before a file's ids where they are local to it. */
  readonly namespaceOf: (file: string) => string;
}

const MAX_BAD_RATIO = 0.01;
/** Bytes of a log that usually stand for one new block: 8 of a hash in Parquet, less in text with small ids. */
const BYTES_A_BLOCK = 10;
/** A guess is not worth more memory than this many blocks take, about 200 MB. */
const MOST_EXPECTED = 2 ** 23;

/**
 * Reads a log into columns, in one pass over its files.
 *
 * Bad records go to the quarantine; requests end up in the order of their arrival. A file whose requests repeat those of
 * an earlier one is dropped and named. Memory: about 8 bytes a reference and 30 bytes a block, no object a row.
 *
 * @throws WavetuneError `ingest.no-files`, `ingest.no-requests`, `ingest.too-many-bad`, `ingest.too-many-conflicts`,
 * `ingest.local-ids`, `ingest.too-large`; `trace.*` for files that are not there, damaged or of no known format; `engine.*`
 * for what the engine refuses.
 */
export async function readTrace(options: ReadTraceOptions): Promise<ReadTrace> {
  const { engine, progress } = options;
  const files = [...new Set(options.files)];
  progress?.({ stage: 'detect', rows: 0, readBytes: 0, totalBytes: 0 });
  const traceOptions = checkedOptions(options.options ?? {});
  const { format, samples, sizes } = await detectFiles(files, options.format, traceOptions, engine);
  if (format.idScope === 'file' && options.namespaced === false) {
    throw ingestError('ingest.local-ids', { format: format.name, files: files.length });
  }
  return withQuarantine(options.quarantinePath, async (quarantine) => {
    const state = createReadState(format, traceOptions, quarantine, sizes);
    const read = await readFiles(state, {
      engine,
      format,
      options: traceOptions,
      samples,
      sizes,
      progress,
    });
    refuseBad(state, options, format);
    progress?.({ stage: 'order', rows: state.records, ...bytesOf(sizes) });
    const source = { format, options: traceOptions, samples };
    return finish(state, withRepeats(read, options.files), source);
  });
}

/**
 * Refuses a log without block ids.
 *
 * @throws WavetuneError `trace.length-only`.
 */
export function requireBlocks({ quality }: ReadTrace, files: readonly string[]): void {
  if (quality.lengthOnly) {
    throw traceError('trace.length-only', { format: quality.format, paths: files });
  }
}

function createReadState(
  format: TraceFormat,
  options: TraceOptions,
  quarantine: Quarantine,
  sizes: readonly number[],
): ReadState {
  const { totalBytes } = bytesOf(sizes);
  const isOneOfIds = format.chain === 'ids' && sizes.length === 1;
  const expectedBlocks = isOneOfIds
    ? Math.min(MOST_EXPECTED, Math.ceil(totalBytes / BYTES_A_BLOCK))
    : 0;
  return {
    table: createRequestTable(expectedBlocks),
    interner: createInterner(expectedBlocks),
    chains: createChainReader(format.chain, options),
    quarantine,
    tenants: createTextIds(),
    models: createTextIds(),
    sessions: createTextIds(),
    layers: createTextIds(),
    tail: options.tail ?? format.tail,
    blockSize: undefined,
    records: 0,
    outOfOrder: 0,
    latestMillis: Number.NEGATIVE_INFINITY,
  };
}

function bytesOf(sizes: readonly number[]): {
  readonly readBytes: number;
  readonly totalBytes: number;
} {
  const totalBytes = sizes.reduce((sum, size) => sum + size, 0);
  return { readBytes: totalBytes, totalBytes };
}

function refuseBad(state: ReadState, options: ReadTraceOptions, format: TraceFormat): void {
  const { files, maxBadRatio = MAX_BAD_RATIO } = options;
  const bad = state.quarantine.count();
  const { records, table, quarantine } = state;
  if (bad > maxBadRatio * records) {
    throw ingestError('ingest.too-many-bad', {
      bad,
      records,
      maxBadRatio,
      examples: quarantine.examples,
    });
  }
  if (table.count === 0) throw ingestError('ingest.no-requests', { files, format: format.name });
  const { conflicts, words } = state.interner.contents();
  if (conflicts.length === 0) return;
  const conflictReferences = countReferences(state, conflicts);
  if (conflictReferences <= maxBadRatio * table.references) return;
  throw ingestError('ingest.too-many-conflicts', {
    references: table.references,
    conflicts: conflictReferences,
    example: state.chains.texts?.[words[2 * conflicts[0]]] ?? idText(words, conflicts[0]),
  });
}

/** References to the blocks of an ascending list. */
function countReferences({ table, interner }: ReadState, blocks: Uint32Array): number {
  if (blocks.length === 0) return 0;
  const isListed = new Uint8Array(interner.blockCount());
  for (const block of blocks) isListed[block] = 1;
  let count = 0;
  for (let i = 0; i < table.references; i++) count += isListed[table.blocks[i]];
  return count;
}

/** A path that is named again is a duplicate of itself. */
function withRepeats(read: FilesRead, files: readonly string[]): FilesRead {
  const repeats = files.filter((file, i) => files.indexOf(file) !== i);
  const duplicates = [...read.duplicates, ...repeats.map((file) => ({ file, sameAs: file }))];
  return { ...read, duplicates };
}

function sourceOf(
  { format, options, samples }: Pick<TraceSource, 'format' | 'options' | 'samples'>,
  duplicates: readonly DuplicateFile[],
): TraceSource {
  const dropped = new Set(duplicates.filter((d) => d.file !== d.sameAs).map(({ file }) => file));
  const kept = samples.filter(({ path }) => !dropped.has(path));
  return {
    format,
    options,
    samples: kept,
    columns: schemaOf(format.plan([kept[0].path], options, kept[0])).map(({ name }) => name),
    namespaceOf: namespaceNames(samples.map(({ path }) => path)),
  };
}

function finish(
  state: ReadState,
  { duplicates, namespaces }: FilesRead,
  source: Pick<TraceSource, 'format' | 'options' | 'samples'>,
): ReadTrace {
  const { format } = source;
  const blocks = state.interner.contents();
  const blockSize = state.blockSize ?? 1;
  const { columns, internedAs, bytes, modelOf, pages } = orderRequests(
    state.table,
    blocks,
    blockSize,
  );
  const { texts } = state.chains;
  return {
    columns,
    names: createBlockNames({ blocks, namespaces, texts, internedAs }),
    tenants: state.tenants.texts,
    models: state.models.texts,
    sessions: state.sessions.texts,
    layers: state.layers.texts,
    source: sourceOf(source, duplicates),
    ...(bytes && { bytes }),
    ...(modelOf && { modelOf }),
    ...(pages && { pages }),
    quality: {
      format: format.name,
      blockSize,
      tail: state.tail,
      namespaced: format.idScope === 'file',
      lengthOnly: format.chain === 'none',
      records: state.records,
      quarantined: state.quarantine.count(),
      duplicateFiles: duplicates,
      parentConflicts: blocks.conflicts.length,
      conflictReferences: countReferences(state, blocks.conflicts),
      outOfOrder: state.outOfOrder,
    },
  };
}

const LARGEST_BLOCK = 2 ** 31 - 1;

function checkedOptions(options: TraceOptions): TraceOptions {
  const { blockSize } = options;
  if (
    blockSize === undefined ||
    (Number.isInteger(blockSize) && blockSize >= 1 && blockSize <= LARGEST_BLOCK)
  ) {
    return options;
  }
  const accepted = `a whole number from 1 to ${LARGEST_BLOCK}`;
  throw traceError('trace.bad-option', {
    option: 'the block size',
    found: `${blockSize}`,
    accepted,
  });
}
