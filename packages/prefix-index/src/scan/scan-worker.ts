import { closeSync, openSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { digestOfBytes } from './digest-bytes.ts';
import { createEventScanner, type ScanRules } from './event-scanner.ts';
import { endScan, type ScanState, scanNextPart } from './scan-parts.ts';

/** What a thread that scans is told. */
export interface ScanOrder {
  readonly path: string;
  readonly sizeBytes: number;
  readonly rules: ScanRules;
  readonly state: ScanState;
  /** Then the file's digest comes first. */
  readonly digests: boolean;
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

const { path, sizeBytes, rules, state, digests } = workerData as ScanOrder;

function tell(message: ScanMessage, transfer: ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, transfer);
}

if (digests) tell({ kind: 'digest', digest: await digestOfBytes(path) });
const scanner = createEventScanner(rules);
const descriptor = openSync(path, 'r');
try {
  while (scanNextPart(scanner, { descriptor, sizeBytes }, state));
} catch (error) {
  endScan(state);
  throw error;
} finally {
  closeSync(descriptor);
}
const layout = scanner.layOut().slice();
tell({ kind: 'scanned', layout, events: scanner.eventCount(), isWide: scanner.isWide() }, [
  layout.buffer,
]);
