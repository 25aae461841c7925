import type { TilePolicy } from '@wavetune/kernels';
import type { DecidedProblem } from '../kernels/tune-kernels.ts';
import type { KernelFileExporter } from './kernel-file-exporter.ts';

/** A Python module with a `triton.Config` for each layer and M: what to hand to `triton.autotune` or to a launch. */
export const tritonKernelFiles: KernelFileExporter = {
  option: 'triton',
  summary: 'Triton: lists of triton.Config, by layer and M',
  async filesOf({ decided }) {
    const layers = Map.groupBy(decided, ({ layer }) => layer);
    const lines = [
      '"""Tile policies by layer and number of rows; rows are those of the nearest M."""',
      'import triton',
      '',
      'CONFIGS = {',
      ...[...layers].flatMap(([layer, problems]) => [
        `    ${JSON.stringify(layer)}: {`,
        ...problems.map((one) => `        ${one.m}: ${configOf(one)},`),
        '    },',
      ]),
      '}',
    ];
    return { files: [{ name: 'triton_configs.py', text: `${lines.join('\n')}\n` }], notes: [] };
  },
};

function configOf({ problem, decision: { policy } }: DecidedProblem): string {
  const split = problem.kind === 'dense' && policy.splitK > 1 ? { SPLIT_K: policy.splitK } : {};
  const meta = Object.entries({ ...metaOf(policy), ...split });
  const pairs = meta.map(([name, value]) => `"${name}": ${value}`).join(', ');
  return `triton.Config({${pairs}}, num_warps=${policy.warps}, num_stages=${policy.stages})`;
}

function metaOf({ blockM, blockN, blockK, groupM }: TilePolicy): Readonly<Record<string, number>> {
  return {
    BLOCK_SIZE_M: blockM,
    BLOCK_SIZE_N: blockN,
    BLOCK_SIZE_K: blockK,
    GROUP_SIZE_M: groupM,
  };
}
