import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import type { FileTotals } from '../totals/file-totals.ts';
import type { ColumnShare, SummedShare } from './column-parts.ts';
import { newColumnState } from './column-state.ts';
import type { ColumnMessage, ColumnOrder } from './column-worker.ts';
import type { EventScan } from './event-scan.ts';
import type { ScanRules } from './event-scanner.ts';
import { connectAll } from './exchange.ts';
import { totalsOfLayouts } from './layout-totals.ts';
import { endScan } from './scan-parts.ts';

const MAGIC = 'PAR1';
/** Chosen: what a thread needs to begin, others sum meanwhile. */
const LEAST_BYTES_A_THREAD = 2 ** 20;
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
  const state = newColumnState();
  const worth = Math.floor(sizeBytes / LEAST_BYTES_A_THREAD);
  const count = Math.max(1, Math.min(threads, MOST_THREADS, worth));
  const shares = connectAll(count).map((ports, number) => ({
    path,
    sizeBytes,
    rules,
    state,
    number,
    ports,
  }));
  const [own, ...others] = shares;
  const helpers = others.map((share, i) => startHelper({ ...share, digests: i === 0 }));
  return {
    path,
    rules,
    digest: helpers[0]?.digest ?? Promise.resolve(undefined),
    finish: () => finish(own, helpers),
    cancel: () => {
      endScan(state.scan);
      for (const { stop } of helpers) stop();
    },
  };
}

interface Helper {
  readonly digest: Promise<string | undefined>;
  /** Undefined where it came to nothing. */
  readonly summed: Promise<SummedShare | undefined>;
  readonly stop: () => void;
}

function startHelper(order: ColumnOrder): Helper {
  const worker = new Worker(new URL('./column-worker.ts', import.meta.url), {
    workerData: order,
    transferList: order.ports.filter((port) => port !== undefined),
  });
  const digest = Promise.withResolvers<string | undefined>();
  const summed = Promise.withResolvers<SummedShare | undefined>();
  worker.on('message', (message: ColumnMessage) => {
    if (message.kind === 'digest') digest.resolve(message.digest);
    else summed.resolve(message.summed);
  });
  const onEnd = (): void => {
    digest.resolve(undefined);
    summed.resolve(undefined);
  };
  worker.on('exit', onEnd).on('error', () => {
    // Nobody waits for what it would have taken.
    endScan(order.state.scan);
    onEnd();
  });
  return { digest: digest.promise, summed: summed.promise, stop: () => void worker.terminate() };
}

/** The modules that read Parquet are loaded where there is something to read with them. */
async function finish(
  share: ColumnShare,
  helpers: readonly Helper[],
): Promise<FileTotals | undefined> {
  const { sumShare } = await import('./column-parts.ts');
  const own = await sumShare(share);
  if (own === undefined) return undefined;
  const all = [own];
  for (const { summed } of helpers) {
    const found = await summed;
    if (found === undefined) return undefined;
    all.push(found);
  }
  const events = all.reduce((sum, found) => sum + found.events, 0);
  if (events === 0) return undefined;
  const layouts = all.map(({ layout }) => layout);
  const totals = totalsOfLayouts(
    layouts,
    all.some(({ isWide }) => isWide),
  );
  return totals && { totals, events, columns: own.columns };
}
