import type { Device } from '../device.ts';
import { kernelsError } from '../kernels-errors.ts';

/** In the order in which reports name them. */
export const MOVEMENT_KINDS = ['gather', 'pack', 'join-probe', 'aggregate-probe'] as const;

/**
 * What happens to rows on their way: `gather` reads them at scattered places and writes them in order, `pack` reads them
 * in order and writes them in order, `join-probe` reads their keys and looks each one up, `aggregate-probe` reads keys and
 * values and updates a group for each.
 */
export type MovementKind = (typeof MOVEMENT_KINDS)[number];

/** The rows that one node of a plan moves on one rank, which a memory-bound kernel stages tile by tile. */
export interface Movement {
  readonly kind: MovementKind;
  readonly rows: number;
  /** Bytes of a value of each column that is read, on average; their sum is the bytes of a row. */
  readonly columnBytes: readonly number[];
  /** What rows are looked up in: the join's table, the aggregate's groups; 0 where nothing is. */
  readonly tableBytes: number;
}

/** Counters of a real run that replace what the model would assume. */
export interface StagingCounters {
  /** Share of an SM's threads that were resident, in (0, 1]. */
  readonly occupancy?: number;
  /** Share of the bytes read that L2 held, in [0, 1]. */
  readonly l2Reuse?: number;
}

/** What one row costs, whatever the tile. */
export interface RowTraffic {
  /** Through shared memory. */
  readonly stagedBytes: number;
  /** Between L2 and device memory. */
  readonly memoryBytes: number;
  /** Between the SMs and L2. */
  readonly l2Bytes: number;
  /** From the issue of a row's copies to their use: of what it reads, and of what it then looks up. */
  readonly latencyNanos: number;
}

/** Sectors in which L2 and device memory exchange: 32 bytes (CUDA C++ Best Practices Guide), 64 on CDNA 3 (its ISA guide). */
export function sectorBytesOf({ vendor }: Device): number {
  return vendor === 'amd' ? 64 : 32;
}

/**
 * Bytes and latency of one row.
 *
 * A row that is read at a scattered place takes whole sectors of each column. A look-up touches one sector of its table,
 * an update takes it back too; both find it in L2 as far as the table fits there, or as a counter says.
 */
export function rowTraffic(
  device: Device,
  movement: Movement,
  {
    latency,
    counters,
  }: {
    readonly latency: { readonly l2LatencyNanos: number; readonly missLatencyNanos: number };
    readonly counters: StagingCounters;
  },
): RowTraffic {
  const { kind, columnBytes, tableBytes } = movement;
  const sector = sectorBytesOf(device);
  const stagedBytes = columnBytes.reduce((sum, bytes) => sum + bytes, 0);
  const readBytes =
    kind === 'gather'
      ? columnBytes.reduce((sum, bytes) => sum + Math.ceil(bytes / sector) * sector, 0)
      : stagedBytes;
  const touchedBytes = TOUCHES[kind] * sector;
  const streamMiss = 1 - (counters.l2Reuse ?? 0);
  const tableMiss =
    counters.l2Reuse === undefined
      ? Math.max(0, 1 - device.l2Bytes / Math.max(tableBytes, 1))
      : streamMiss;
  const writtenBytes = WRITES_ROWS[kind] ? stagedBytes : 0;
  const nanosAt = (miss: number) => latency.l2LatencyNanos + miss * latency.missLatencyNanos;
  return {
    stagedBytes,
    memoryBytes: readBytes * streamMiss + writtenBytes + touchedBytes * tableMiss,
    l2Bytes: readBytes + writtenBytes + touchedBytes,
    latencyNanos: nanosAt(streamMiss) + (TOUCHES[kind] > 0 ? nanosAt(tableMiss) : 0),
  };
}

/** Sectors of its table that a row touches: one to look up, the same again to write back. */
const TOUCHES: Readonly<Record<MovementKind, number>> = {
  gather: 0,
  pack: 0,
  'join-probe': 1,
  'aggregate-probe': 2,
};

const WRITES_ROWS: Readonly<Record<MovementKind, boolean>> = {
  gather: true,
  pack: true,
  'join-probe': false,
  'aggregate-probe': false,
};

/**
 * The movement itself, once it moves something and its sizes are sizes.
 *
 * @throws WavetuneError `kernels.bad-movement`
 */
export function checkMovement(movement: Movement): Movement {
  const { rows, columnBytes, tableBytes } = movement;
  const refuse = (field: string, found: number, accepted: string) =>
    kernelsError('kernels.bad-movement', { field, found, accepted });
  if (!Number.isSafeInteger(rows) || rows < 1) throw refuse('rows', rows, 'a whole number from 1');
  if (columnBytes.length === 0) throw refuse('columns', 0, 'at least one');
  const wrong = columnBytes.find((bytes) => !(bytes > 0 && Number.isFinite(bytes)));
  if (wrong !== undefined) throw refuse('bytes of a column', wrong, 'a positive number');
  if (!(tableBytes >= 0 && Number.isFinite(tableBytes)))
    throw refuse('tableBytes', tableBytes, 'a number from 0');
  return movement;
}

/**
 * The counters themselves, once each is a share.
 *
 * @throws WavetuneError `kernels.bad-movement`
 */
export function checkCounters(counters: StagingCounters): StagingCounters {
  const { occupancy = 1, l2Reuse = 0 } = counters;
  const refuse = (field: string, found: number, accepted: string) =>
    kernelsError('kernels.bad-movement', { field, found, accepted });
  if (!(occupancy > 0 && occupancy <= 1))
    throw refuse('occupancy', occupancy, 'a share above 0, at most 1');
  if (!(l2Reuse >= 0 && l2Reuse <= 1)) throw refuse('l2 reuse', l2Reuse, 'a share from 0 to 1');
  return counters;
}
