import { parentPort, workerData } from 'node:worker_threads';
import { type ColumnShare, type SummedShare, sumShare } from './column-parts.ts';
import { digestOfBytes } from './digest-bytes.ts';
import { endScan } from './scan-parts.ts';

/** What a thread that sums columns is told. */
export interface ColumnOrder extends ColumnShare {
  /** Then the file's digest comes first. */
  readonly digests: boolean;
}

/** What it tells, in this order. */
export type ColumnMessage =
  | { readonly kind: 'digest'; readonly digest: string }
  | { readonly kind: 'summed'; readonly summed: SummedShare };

const { digests, ...share } = workerData as ColumnOrder;

function tell(message: ColumnMessage, transfer: ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, transfer);
}

try {
  if (digests) tell({ kind: 'digest', digest: await digestOfBytes(share.path) });
  const summed = await sumShare(share);
  if (summed !== undefined) {
    const layout = summed.layout.slice();
    tell({ kind: 'summed', summed: { ...summed, layout } }, [layout.buffer]);
  }
} catch (error) {
  endScan(share.state.scan);
  throw error;
}
