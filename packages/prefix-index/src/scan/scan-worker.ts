import { closeSync, openSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { digestOfBytes } from './digest-bytes.ts';
import { createEventScanner, type ScanRules } from './event-scanner.ts';
import { openExchange, type Ports } from './exchange.ts';
import { endScan, type ScanState, scanNextPart } from './scan-parts.ts';

/** What a thread that scans is told. */
export interface ScanOrder {
  readonly path: string;
  readonly sizeBytes: number;
  readonly rules: ScanRules;
  readonly state: ScanState;
  /** Then the file's digest comes first. */
  readonly digests: boolean;
  readonly number: number;
  readonly ports: Ports;
}

/** What it tells, in this order. */
export type ScanMessage =
  | { readonly kind: 'digest'; readonly digest: string }
  | {
      readonly kind: 'scanned';
      readonly layout: Uint8Array<ArrayBuffer>;
      readonly events: number;
      readonly isWide: boolean;
    };

const { path, sizeBytes, rules, state, digests, number, ports } = workerData as ScanOrder;

function tell(message: ScanMessage, transfer: ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, transfer);
}

if (digests) tell({ kind: 'digest', digest: await digestOfBytes(path) });
const scanner = createEventScanner(rules, { count: ports.length, number });
const exchange = openExchange(scanner, ports, state);
const descriptor = openSync(path, 'r');
try {
  while (scanNextPart(scanner, { descriptor, sizeBytes }, state) && exchange.pass()) {
    await exchange.catchUp();
  }
} catch (error) {
  endScan(state);
  throw error;
} finally {
  closeSync(descriptor);
}
if (await exchange.end()) {
  const layout = scanner.layOut().slice();
  tell({ kind: 'scanned', layout, events: scanner.eventCount(), isWide: scanner.isWide() }, [
    layout.buffer,
  ]);
}
for (const port of ports) port?.close();
