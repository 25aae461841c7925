import { basename } from 'node:path';
import type { QueryEngine } from '@wavetune/engine';
import { asc, col, type Plan, schemaOf, sort } from '@wavetune/ir';
import type { TraceFormat, TraceOptions, TraceSample } from '@wavetune/trace';
import type { Namespace } from './block-names.ts';
import { digestFrom, type TableMark } from './file-digest.ts';
import { ingestError } from './ingest-errors.ts';
import { prefetched } from './prefetched.ts';
import type { DuplicateFile } from './quality.ts';
import { fileRowsOf, openChunk, type ReadState, readRows } from './read-chunk.ts';

/** How far the reading is; `totalBytes` is the size of all files as they lie on disk, `readBytes` about what was read of it. */
export interface ReadProgress {
  readonly stage: 'detect' | 'read' | 'order';
  readonly rows: number;
  readonly readBytes: number;
  readonly totalBytes: number;
}

/** Files to read into one state. */
export interface FilesToRead {
  readonly engine: QueryEngine;
  readonly format: TraceFormat;
  readonly options: TraceOptions;
  /** One a file, in the order of reading. */
  readonly samples: readonly TraceSample[];
  /** Of the files, in the same order. */
  readonly sizes: readonly number[];
  readonly progress: ((progress: ReadProgress) => void) | undefined;
}

/** What reading the files one after another leaves beside the table. */
export interface FilesRead {
  readonly duplicates: readonly DuplicateFile[];
  /** Empty where ids are shared. */
  readonly namespaces: readonly Namespace[];
}

const LARGEST_REFERENCE_COUNT = 0xffff_fffe;

/** Reads file after file; one that repeats an earlier one's requests is taken out again. */
export async function readFiles(state: ReadState, source: FilesToRead): Promise<FilesRead> {
  const { samples, format, engine } = source;
  const isLocal = format.idScope === 'file';
  const files = createFileLog(state, isLocal, samples);
  const isBatched = isLocal && engine.keepsFileOrder;
  for (const batch of isBatched ? batchesOf(source.sizes) : samples.map((_, i) => [i])) {
    await readBatch(state, source, batch, files);
  }
  return files;
}

/** Opens and closes files as their rows come by. */
interface FileLog extends FilesRead {
  readonly open: (file: string) => void;
  readonly close: () => void;
}

function createFileLog(
  state: ReadState,
  isLocal: boolean,
  samples: readonly TraceSample[],
): FileLog {
  const nameOf = namespaceNames(samples.map(({ path }) => path));
  const duplicates: DuplicateFile[] = [];
  const namespaces: Namespace[] = [];
  const firstByDigest = new Map<string, string>();
  const opened = new Set<string>();
  let current: { readonly file: string; readonly mark: FileMark } | undefined;
  const close = (): void => {
    if (current === undefined) return;
    const { file, mark } = current;
    current = undefined;
    if (state.table.count === mark.count) return;
    const digest = samples.length > 1 ? digestFrom(state.table, mark) : '';
    const sameAs = firstByDigest.get(digest);
    if (sameAs === undefined) {
      firstByDigest.set(digest, file);
      if (isLocal) namespaces.push({ name: nameOf(file), firstBlock: mark.firstBlock });
    } else {
      duplicates.push({ file, sameAs });
      forget(state, mark, isLocal);
    }
  };
  const open = (file: string): void => {
    if (current?.file === file) return;
    close();
    if (opened.has(file)) throw new Error(`rows of ${file} are not together`);
    opened.add(file);
    if (isLocal) state.interner.openNamespace();
    state.latestMillis = Number.NEGATIVE_INFINITY;
    current = { file, mark: markOf(state, isLocal) };
  };
  return { duplicates, namespaces, open, close };
}

const BATCH_FILES = 32;
const BATCH_BYTES = 2 ** 22;

/** Neighbouring small files, to be read by one plan: a plan's fixed cost is that of reading a megabyte. */
function batchesOf(sizes: readonly number[]): readonly (readonly number[])[] {
  const batches: number[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const [i, size] of sizes.entries()) {
    const batch = batches.at(-1);
    if (batch === undefined || batch.length === BATCH_FILES || bytes + size > BATCH_BYTES) {
      batches.push([i]);
      bytes = size;
    } else {
      batch.push(i);
      bytes += size;
    }
  }
  return batches;
}

async function readBatch(
  state: ReadState,
  source: FilesToRead,
  batch: readonly number[],
  files: FileLog,
): Promise<void> {
  const { engine, format, options, samples, sizes, progress } = source;
  const sample = samples[batch[0]];
  const plan = format.plan(
    batch.map((i) => samples[i].path),
    options,
    sample,
  );
  const schema = schemaOf(plan);
  const bytesBefore = sum(sizes.slice(0, batch[0]));
  const batchBytes = sum(batch.map((i) => sizes[i]));
  const totalBytes = sum(sizes);
  for await (const chunk of prefetched(engine.stream(inFileOrder(plan, engine)))) {
    const open = openChunk(state, chunk, schema);
    for (const rows of fileRowsOf(open, sample.path)) {
      files.open(rows.file);
      readRows(state, open, rows);
    }
    if (state.table.references > LARGEST_REFERENCE_COUNT) {
      throw ingestError('ingest.too-large', { references: LARGEST_REFERENCE_COUNT });
    }
    await state.quarantine.flush();
    const readBytes = bytesBefore + (engine.readShare() ?? 0) * batchBytes;
    progress?.({ stage: 'read', rows: state.records, readBytes, totalBytes });
  }
  files.close();
}

/** Canonical rows of one file in its order, or of several where the engine keeps it. */
function inFileOrder(plan: Plan, { keepsFileOrder }: QueryEngine): Plan {
  return keepsFileOrder ? plan : sort(plan, asc(col('record')));
}

function sum(sizes: readonly number[]): number {
  return sizes.reduce((total, size) => total + size, 0);
}

interface FileMark extends TableMark {
  readonly sessions: number;
  readonly outOfOrder: number;
}

function markOf(state: ReadState, isLocal: boolean): FileMark {
  return {
    count: state.table.count,
    references: state.table.references,
    firstBlock: isLocal ? state.interner.blockCount() : 0,
    sessions: state.sessions.texts.length,
    outOfOrder: state.outOfOrder,
  };
}

/** A file that repeats another has no block of its own, unless its ids are local. */
function forget(state: ReadState, mark: FileMark, isLocal: boolean): void {
  state.table.count = mark.count;
  state.table.references = mark.references;
  state.sessions.forgetFrom(mark.sessions);
  state.outOfOrder = mark.outOfOrder;
  if (isLocal) state.interner.forgetFrom(mark.firstBlock);
}

/** A file's name without folder and endings, or its path where that would name two. */
export function namespaceNames(files: readonly string[]): (file: string) => string {
  const short = (file: string): string => basename(file).replace(/\.(json|gz|zst)\b/g, '');
  const areDistinct = new Set(files.map(short)).size === files.length;
  return areDistinct ? short : (file) => file;
}
