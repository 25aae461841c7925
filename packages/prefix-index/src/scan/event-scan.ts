import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { setImmediate as otherWork } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { FileTotals } from '../totals/file-totals.ts';
import { createEventScanner, type ScanRules } from './event-scanner.ts';
import { connectAll, openExchange, type Ports } from './exchange.ts';
import { totalsOfLayouts } from './layout-totals.ts';
import { endScan, newScanState, type ScanState, scanNextPart } from './scan-parts.ts';
import type { ScanMessage, ScanOrder } from './scan-worker.ts';

/** A file of prefix events, JSON lines, that is being summed. */
export interface EventScan {
  readonly path: string;
  readonly rules: ScanRules;
  /** As `digestOfFile`; undefined where no thread had the time, or none could. */
  readonly digest: Promise<string | undefined>;
  /** Scans what is left, on this thread too. @returns Undefined where not every line is plainly a good event. Once. */
  readonly finish: () => Promise<FileTotals | undefined>;
  /** What runs stops, and is of no use. */
  readonly cancel: () => void;
}

/** Chosen: what a thread needs to begin, others scan meanwhile. */
const LEAST_BYTES_A_THREAD = 2 ** 23;
/** What the threads found is put together on one of them. */
const MOST_THREADS = 4;
const HEAD_BYTES = 4096;
const EVENT_KEYS = ['"prefix_id"', '"page_start"', '"timestamp_ms"'];

/** Whether a file begins as JSON lines of prefix events do; false for what cannot be read. */
export function looksLikeEventLines(path: string): boolean {
  try {
    if (!statSync(path).isFile()) return false;
    const descriptor = openSync(path, 'r');
    try {
      const room = Buffer.alloc(HEAD_BYTES);
      const head = room.toString('latin1', 0, readSync(descriptor, room, 0, HEAD_BYTES, 0));
      const [line] = head.split('\n', 1);
      return line.startsWith('{') && EVENT_KEYS.every((key) => line.includes(key));
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return false;
  }
}

/**
 * Begins to sum a file on threads of its own, as many as it is worth and one less than `threads`; `finish` goes on with it on
 * this one. Nothing is thrown: whoever reads the file otherwise finds what is wrong with it.
 */
export function startEventScan(path: string, rules: ScanRules, threads: number): EventScan {
  const sizeBytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  const state = newScanState();
  const worth = Math.floor(sizeBytes / LEAST_BYTES_A_THREAD);
  const count = Math.max(0, Math.min(threads, MOST_THREADS, worth) - 1);
  const [ports, ...others] = connectAll(count + 1);
  const helpers = others.map((own, i) =>
    startHelper({ path, sizeBytes, rules, state, digests: i === 0, number: i + 1, ports: own }),
  );
  return {
    path,
    rules,
    digest: helpers[0]?.digest ?? Promise.resolve(undefined),
    finish: () => finish({ path, sizeBytes, rules, state, ports, helpers }),
    cancel: () => {
      endScan(state);
      for (const { stop } of helpers) stop();
    },
  };
}

type Scanned = Extract<ScanMessage, { readonly kind: 'scanned' }>;

/** A thread that scans; undefined for what it does not come to. */
interface Helper {
  readonly digest: Promise<string | undefined>;
  readonly scanned: Promise<Scanned | undefined>;
  readonly stop: () => void;
}

function startHelper(order: ScanOrder): Helper {
  const worker = new Worker(new URL('./scan-worker.ts', import.meta.url), {
    workerData: order,
    transferList: order.ports.filter((port) => port !== undefined),
  });
  const digest = Promise.withResolvers<string | undefined>();
  const scanned = Promise.withResolvers<Scanned | undefined>();
  worker.on('message', (message: ScanMessage) => {
    if (message.kind === 'digest') digest.resolve(message.digest);
    else scanned.resolve(message);
  });
  const onEnd = (): void => {
    digest.resolve(undefined);
    scanned.resolve(undefined);
  };
  worker.on('exit', onEnd).on('error', () => {
    // Nobody waits for what it would have taken.
    endScan(order.state);
    onEnd();
  });
  return { digest: digest.promise, scanned: scanned.promise, stop: () => void worker.terminate() };
}

interface Work {
  readonly path: string;
  readonly sizeBytes: number;
  readonly rules: ScanRules;
  readonly state: ScanState;
  readonly ports: Ports;
  readonly helpers: readonly Helper[];
}

async function finish(work: Work): Promise<FileTotals | undefined> {
  const { path, sizeBytes, rules, state, ports, helpers } = work;
  const scanner = createEventScanner(rules, { count: ports.length, number: 0 });
  const exchange = openExchange(scanner, ports, state);
  const descriptor = openSync(path, 'r');
  try {
    while (scanNextPart(scanner, { descriptor, sizeBytes }, state) && exchange.pass()) {
      await exchange.catchUp();
      await otherWork();
    }
  } finally {
    closeSync(descriptor);
  }
  const isWhole = await exchange.end();
  for (const port of ports) port?.close();
  if (!isWhole) return undefined;
  const layouts = [scanner.layOut()];
  let events = scanner.eventCount();
  let isWide = scanner.isWide();
  for (const helper of helpers) {
    const found = await helper.scanned;
    if (found === undefined) return undefined;
    layouts.push(found.layout);
    events += found.events;
    isWide ||= found.isWide;
  }
  if (events === 0) return undefined;
  const totals = totalsOfLayouts(layouts, isWide);
  return totals && { totals, events };
}
