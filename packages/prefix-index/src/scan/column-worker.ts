import { parentPort, workerData } from 'node:worker_threads';
import { type ColumnWork, sumGroups } from './column-parts.ts';
import { endColumns } from './column-state.ts';
import { digestOfBytes } from './digest-bytes.ts';

/** What a thread that sums columns is told. */
export interface ColumnOrder extends ColumnWork {
  /** Then the file's digest comes first. */
  readonly digests: boolean;
}

/** What a thread summed. */
export interface SummedPiece {
  readonly layout: Uint8Array;
  readonly events: number;
  readonly isWide: boolean;
  readonly columns: readonly string[];
}

/** Nothing where others had taken all, or where the scan is over. */
export interface Summed {
  readonly kind: 'summed';
  readonly piece: SummedPiece | undefined;
}

/** What it tells, in this order. */
export type ColumnMessage = { readonly kind: 'digest'; readonly digest: string } | Summed;

const { digests, ...work } = workerData as ColumnOrder;

function tell(message: ColumnMessage, transfer: ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, transfer);
}

try {
  if (digests) tell({ kind: 'digest', digest: await digestOfBytes(work.path) });
  const summed = await sumGroups(work);
  if (summed === undefined) {
    tell({ kind: 'summed', piece: undefined });
  } else {
    const { table, columns } = summed;
    const layout = table.layOut().slice();
    const piece = { layout, events: table.eventCount(), isWide: table.isWide(), columns };
    tell({ kind: 'summed', piece }, [layout.buffer]);
  }
} catch (error) {
  endColumns(work.state);
  throw error;
}
