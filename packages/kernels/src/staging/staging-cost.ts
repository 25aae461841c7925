import type { CostConstants } from '../calibration.ts';
import type { Device } from '../device.ts';
import { type Movement, type RowTraffic, rowTraffic, type StagingCounters } from './movement.ts';
import { residentBlocks, type StagingPolicy } from './staging-policy.ts';

const L2_BYTES_PER_CLOCK = 64;

/** What the model says of a policy. */
export interface StagingCost {
  readonly seconds: number;
  /** Asked for and not yet used, over the whole device. */
  readonly bytesInFlight: number;
  /** What must be in flight for memory to run at its rate (Little, "A Proof for the Queuing Formula L = λW", 1961). */
  readonly bytesNeeded: number;
}

/** What a policy is costed under. */
export interface StagingGround {
  readonly movement: Movement;
  readonly constants: CostConstants;
  readonly counters: StagingCounters;
}

/**
 * Modelled time of a movement: blocks take tiles in turn, their copies run ahead over the tiles' bounds.
 *
 * A step takes the longest of device memory, L2, and a copy's latency over the copies ahead, after the first copy's
 * latency; with one stage nothing is ahead, and latency and use follow one another. The last round moves what is left.
 * Cost: O(1).
 */
export function costStaging(
  device: Device,
  policy: StagingPolicy,
  ground: StagingGround,
): StagingCost {
  const { movement, constants, counters } = ground;
  const { blockRows, blockBytes, stages } = policy;
  const traffic = rowTraffic(device, movement, { latency: constants, counters });
  const latency = traffic.latencyNanos * 1e-9;
  const overhead = constants.stepClocks / device.clockHz;
  const waiting = stages === 1 ? latency + overhead : Math.max(latency / (stages - 1), overhead);
  const steps = Math.ceil(traffic.stagedBytes / blockBytes);
  const roundSeconds = (rows: number): number =>
    steps * Math.max(waiting, transferSeconds(device, constants, { traffic, rows }) / steps);
  const slots = device.sms * residentBlocks(device, policy, counters.occupancy ?? 1);
  const tiles = Math.ceil(movement.rows / blockRows);
  const running = Math.min(slots, tiles);
  const rowsAtOnce = Math.min(running * blockRows, movement.rows);
  const rounds = Math.floor(movement.rows / rowsAtOnce);
  const left = movement.rows - rounds * rowsAtOnce;
  const copying = rounds * roundSeconds(rowsAtOnce) + (left > 0 ? roundSeconds(left) : 0);
  const ahead = Math.min(Math.max(1, stages - 1), rounds * steps);
  return {
    seconds: constants.tileClocks / device.clockHz + (stages === 1 ? 0 : latency) + copying,
    bytesInFlight: (rowsAtOnce * ahead * traffic.memoryBytes) / steps,
    bytesNeeded: latency * device.hbmBytesPerSecond * constants.hbmShare,
  };
}

/** What device memory or L2, whichever is slower, need for so many rows. */
function transferSeconds(
  device: Device,
  constants: CostConstants,
  { traffic, rows }: { readonly traffic: RowTraffic; readonly rows: number },
): number {
  const l2Rate = device.sms * L2_BYTES_PER_CLOCK * device.clockHz * constants.l2Share;
  const memoryRate = device.hbmBytesPerSecond * constants.hbmShare;
  return Math.max((rows * traffic.memoryBytes) / memoryRate, (rows * traffic.l2Bytes) / l2Rate);
}
