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
 * A step takes the longest of device memory, L2, and a copy's latency over the copies ahead; with one stage nothing is
 * ahead, so that latency and use follow one another. The first copy's latency, the pipeline's filling and the last tiles'
 * emptier round come on top. Cost: O(1).
 */
export function costStaging(
  device: Device,
  policy: StagingPolicy,
  ground: StagingGround,
): StagingCost {
  const { movement, constants, counters } = ground;
  const { blockRows, blockBytes, stages } = policy;
  const traffic = rowTraffic(device, movement, { latency: constants, counters });
  const slots = device.sms * residentBlocks(device, policy, counters.occupancy ?? 1);
  const tiles = Math.ceil(movement.rows / blockRows);
  const running = Math.min(slots, tiles);
  const steps = Math.ceil(traffic.stagedBytes / blockBytes);
  const rows = Math.min(blockRows, movement.rows);
  const terms = stepTerms(device, constants, {
    ...{ traffic, running },
    rowsOfStep: rows / steps,
  });
  const latency = traffic.latencyNanos * 1e-9;
  const waiting =
    stages === 1
      ? latency + constants.stepClocks / device.clockHz
      : Math.max(latency / (stages - 1), constants.stepClocks / device.clockHz);
  const step = Math.max(terms.memory, terms.l2, waiting);
  const rounds = Math.ceil(tiles / running) * steps;
  const ahead = Math.min(Math.max(1, stages - 1), rounds);
  return {
    seconds: constants.tileClocks / device.clockHz + latency + rounds * step,
    bytesInFlight: (running * ahead * rows * traffic.memoryBytes) / steps,
    bytesNeeded: latency * device.hbmBytesPerSecond * constants.hbmShare,
  };
}

/** Seconds of one step of all the tiles that run at once, by what they wait for. */
function stepTerms(
  device: Device,
  constants: CostConstants,
  at: { readonly traffic: RowTraffic; readonly running: number; readonly rowsOfStep: number },
): { readonly memory: number; readonly l2: number } {
  const rows = at.running * at.rowsOfStep;
  const l2Rate = device.sms * L2_BYTES_PER_CLOCK * device.clockHz * constants.l2Share;
  return {
    memory: (rows * at.traffic.memoryBytes) / (device.hbmBytesPerSecond * constants.hbmShare),
    l2: (rows * at.traffic.l2Bytes) / l2Rate,
  };
}
