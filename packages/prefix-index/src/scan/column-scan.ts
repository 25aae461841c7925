import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import type { FileTotals } from '../totals/file-totals.ts';
import type { ColumnWork, SummedGroups } from './column-parts.ts';
import { endColumns, isAllTaken, newColumnState, wereEnded } from './column-state.ts';
import type { ColumnMessage, ColumnOrder, Summed, SummedPiece } from './column-worker.ts';
import type { EventScan } from './event-scan.ts';
import type { ScanRules } from './event-scanner.ts';
import { totalsOfLayout } from './layout-totals.ts';

const MAGIC = 'PAR1';
/** Chosen: what a thread needs to begin, another sums meanwhile. */
const LEAST_BYTES = 2 ** 20;
/**
 * Chosen: two threads sum the rows of the same prefixes twice, and what they found is put together, which takes as long as a million
 * events.
 */
const BYTES_A_THREAD = 2 ** 24;
const MOST_THREADS = 4;

/** Whether a file begins as Parquet does; false for what cannot be read. */
export function looksLikeParquet(path: string): boolean {
  try {
    if (!statSync(path).isFile()) return false;
    const descriptor = openSync(path, 'r');
    try {
      const head = Buffer.alloc(MAGIC.length);
      return readSync(descriptor, head) === head.length && head.toString('latin1') === MAGIC;
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return false;
  }
}

/**
 * Begins to sum a Parquet file as `startEventScan` does JSON lines. Nothing is thrown: whoever reads the file otherwise finds
 * what is wrong with it, or that it holds no prefix events.
 */
export function startColumnScan(path: string, rules: ScanRules, threads: number): EventScan {
  const sizeBytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  const work = { path, sizeBytes, rules, state: newColumnState() };
  const count = helperCount(sizeBytes, Math.min(threads, MOST_THREADS));
  const helpers = Array.from({ length: count }, (_, i) =>
    startHelper({ ...work, digests: i === 0 }),
  );
  return {
    path,
    rules,
    digest: helpers[0]?.digest ?? Promise.resolve(undefined),
    finish: () => finish(work, helpers),
    cancel: () => {
      endColumns(work.state);
      for (const { stop } of helpers) stop();
    },
  };
}

/** Where one thread is enough it is another one, so that this one goes on with something else. */
function helperCount(sizeBytes: number, threads: number): number {
  if (threads < 2 || sizeBytes < LEAST_BYTES) return 0;
  return Math.max(1, Math.min(threads, Math.floor(sizeBytes / BYTES_A_THREAD)) - 1);
}

interface Helper {
  readonly digest: Promise<string | undefined>;
  /** Undefined where the thread ended before it told. */
  readonly summed: Promise<Summed | undefined>;
  readonly stop: () => void;
}

function startHelper(order: ColumnOrder): Helper {
  const worker = new Worker(new URL('./column-worker.ts', import.meta.url), { workerData: order });
  const digest = Promise.withResolvers<string | undefined>();
  const summed = Promise.withResolvers<Summed | undefined>();
  worker.on('message', (message: ColumnMessage) => {
    if (message.kind === 'digest') digest.resolve(message.digest);
    else summed.resolve(message);
  });
  const onEnd = (): void => {
    digest.resolve(undefined);
    summed.resolve(undefined);
  };
  worker.on('error', onEnd).on('exit', onEnd);
  return { digest: digest.promise, summed: summed.promise, stop: () => void worker.terminate() };
}

async function finish(
  work: ColumnWork,
  helpers: readonly Helper[],
): Promise<FileTotals | undefined> {
  const { state, sizeBytes } = work;
  const isEnough = isAllTaken(state) || (helpers.length > 0 && sizeBytes < 2 * BYTES_A_THREAD);
  const own = isEnough ? undefined : await sumOwn(work);
  const pieces: SummedPiece[] = [];
  for (const helper of helpers) {
    const summed = await helper.summed;
    if (summed === undefined) return undefined;
    if (summed.piece !== undefined) pieces.push(summed.piece);
  }
  if (wereEnded(state)) return undefined;
  if (own === undefined && pieces.length === 1) return totalsOf(pieces[0]);
  return joined(own, pieces, work.rules);
}

/** The modules are loaded where there is something to read with them. */
async function sumOwn(work: ColumnWork): Promise<SummedGroups | undefined> {
  const { sumGroups } = await import('./column-parts.ts');
  return sumGroups(work);
}

async function joined(
  own: SummedGroups | undefined,
  pieces: readonly SummedPiece[],
  rules: ScanRules,
): Promise<FileTotals | undefined> {
  const { createColumnTable } = await import('./column-table.ts');
  const table = own?.table ?? createColumnTable(rules, []);
  const columns = own?.columns ?? pieces.at(0)?.columns;
  if (columns === undefined) return undefined;
  let events = table.eventCount();
  let isWide = table.isWide();
  for (const piece of pieces) {
    if (!table.absorb(piece.layout)) return undefined;
    events += piece.events;
    isWide ||= piece.isWide;
  }
  return totalsOf({ layout: table.layOut(), events, isWide, columns });
}

function totalsOf({ layout, events, isWide, columns }: SummedPiece): FileTotals | undefined {
  if (events === 0) return undefined;
  const totals = totalsOfLayout(layout, isWide);
  return totals && { totals, events, columns };
}
