import { DTYPES, type TilePolicy } from '@wavetune/kernels';
import type { DecidedProblem } from '../kernels/tune-kernels.ts';
import type { KernelFileExporter } from './kernel-file-exporter.ts';

const TYPES = { bf16: 'bf16', fp8: 'e4m3', int8: 's8' } as const;
/** The profiler's widest swizzle. */
const WIDEST_SWIZZLE = 8;

/**
 * Command lines for cutlass_profiler, one a problem: it times the kernels of its library that have the tile, if it has
 * any. An expert layer is its two grouped multiplications, each expert with the mean of the rows.
 */
export const cutlassKernelFiles: KernelFileExporter = {
  option: 'cutlass',
  summary: 'CUTLASS: arguments of cutlass_profiler, one line a problem',
  async filesOf({ decided, ground }) {
    if (ground.device.vendor !== 'nvidia') {
      return { files: [], notes: [`CUTLASS has no kernels for ${ground.device.name}`] };
    }
    const lines = decided.flatMap((one) => [`# ${one.layer}, M ${one.m}`, ...linesOf(one)]);
    return {
      files: [{ name: 'cutlass-profiler.args', text: `${lines.join('\n')}\n` }],
      notes: [
        'CUTLASS has no kernel for some of these tiles (fewer than 64 rows on Hopper and later): the profiler then times nothing',
      ],
    };
  },
};

function linesOf({ problem, decision }: DecidedProblem): readonly string[] {
  const { format, activationBytes, weightBytes } = DTYPES[problem.dtype];
  if (activationBytes !== weightBytes) return ['# mixed operands: not in the profiler'];
  const operands = `--A=${TYPES[format]}:row --B=${TYPES[format]}:column`;
  const tile = tileOf(decision.policy);
  if (problem.kind === 'dense') {
    const { m, n, k } = problem;
    return [`--operation=Gemm --m=${m} --n=${n} --k=${k} ${operands} ${tile}`];
  }
  const { m, topK, experts, ep, hidden, width } = problem;
  const rows = Math.max(1, Math.round((m * topK) / experts));
  const grouped = `--operation=GroupedGemm --num_groups=${experts / ep} --m=${rows}`;
  return [
    `${grouped} --n=${2 * width} --k=${hidden} ${operands} ${tile}`,
    `${grouped} --n=${hidden} --k=${width} ${operands} ${tile}`,
  ];
}

function tileOf({ blockM, blockN, blockK, groupM, stages, splitK }: TilePolicy): string {
  const split = splitK > 1 ? ` --split_k_slices=${splitK}` : '';
  const swizzle = Math.min(WIDEST_SWIZZLE, groupM);
  return `--cta_m=${blockM} --cta_n=${blockN} --cta_k=${blockK} --stages=${stages} --swizzle_size=${swizzle}${split}`;
}
