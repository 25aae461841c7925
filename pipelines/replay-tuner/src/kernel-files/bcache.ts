import { canonicalJson } from '@wavetune/core';
import { WAVE_TILES } from '@wavetune/documents';
import { costPolicies, isFeasible, type TilePolicy, toPolicyFields } from '@wavetune/kernels';
import type { KernelGround } from '../kernels/kernel-ground.ts';
import type { DecidedProblem } from '../kernels/tune-kernels.ts';
import type { KernelFileExporter } from './kernel-file-exporter.ts';

/** What BCache may run in place of a policy: its whitelist has four tiles. */
export const bcacheKernelFiles: KernelFileExporter = {
  option: 'bcache',
  summary: 'BCache: the nearest tile of its whitelist, and what that costs',
  async filesOf({ ground, decided }) {
    const projected = decided.map((one) => projectedOf(ground, one));
    const legal = projected.filter(({ bcache }) => bcache !== null);
    const sum = (of: (each: (typeof legal)[number]) => number): number =>
      legal.reduce((total, each) => total + each.runs * of(each), 0);
    const micros = sum((each) => each.micros);
    const document = {
      device: ground.device.name,
      tiles: projected,
      micros,
      bcache_micros: sum((each) => each.bcache?.micros ?? 0),
    };
    const cost = micros > 0 ? document.bcache_micros / micros - 1 : 0;
    const missing = projected.length - legal.length;
    return {
      files: [{ name: 'bcache-tiles.json', text: `${canonicalJson(document)}\n` }],
      notes: [
        `BCache's nearest tiles cost ${(100 * cost).toFixed(1)} % of the trace's modelled kernel time more`,
        ...(missing > 0
          ? [`none of its tiles runs ${missing} of the problems on this device`]
          : []),
      ],
    };
  },
};

function projectedOf(
  ground: KernelGround,
  { layer, m, weight, problem, decision }: DecidedProblem,
) {
  const { device, calibration } = ground;
  const { constants } = calibration;
  const tile = nearestTile(ground, problem.dtype, decision.policy);
  const policies = tile === undefined ? [decision.policy] : [decision.policy, tile.policy];
  const [own, theirs] = costPolicies(device, { problem, constants, policies });
  return {
    role: layer,
    M: m,
    runs: weight,
    policy: toPolicyFields(decision.policy),
    micros: own.seconds * 1e6,
    bcache: tile === undefined ? null : { ...tile.fields, micros: theirs.seconds * 1e6 },
  };
}

/** The tile with the fewest doublings between the sizes; of equals the whitelist's first. Our warps and groups stay. */
function nearestTile(
  { device }: KernelGround,
  dtype: DecidedProblem['problem']['dtype'],
  policy: TilePolicy,
) {
  const doublings = (left: number, right: number): number => Math.abs(Math.log2(left / right));
  return WAVE_TILES.map(({ bm, bn, bk, stage_n, cluster_shape }) => {
    const tile = { blockM: bm, blockN: bn, blockK: bk, stages: stage_n, splitK: 1 };
    const distance =
      doublings(bm, policy.blockM) + doublings(bn, policy.blockN) + doublings(bk, policy.blockK);
    const warps = Math.max(policy.warps, bm * bn > 128 * 128 ? 8 : 4);
    return {
      distance,
      policy: { ...policy, ...tile, warps },
      fields: { bm, bn, bk, stage_n, cluster_shape: [...cluster_shape] },
    };
  })
    .filter(({ policy: projected }) => isFeasible(device, dtype, projected))
    .sort((left, right) => left.distance - right.distance)
    .at(0);
}
