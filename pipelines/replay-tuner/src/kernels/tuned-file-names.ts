import type { Device } from '@wavetune/catalog';
import {
  DTYPES,
  denseFileName,
  type EngineName,
  type KernelDtype,
  moeFileName,
  type TiledProblem,
} from '@wavetune/kernels';

/** Rows and columns that share a scale in the block-scaled formats that engines tune. */
const SCALE_BLOCK = [128, 128] as const;
const BLOCK_SUFFIX = /_block$/;

/**
 * The name under which an engine looks `problem` up; undefined where it looks no file up: dense multiplications that are
 * not block-scaled go to a vendor's library.
 */
export function tunedFileName(
  engine: EngineName,
  problem: TiledProblem,
  device: Device,
): string | undefined {
  const blockShape = DTYPES[problem.dtype].blockScaled ? SCALE_BLOCK : null;
  const dtype = engineDtype(problem.dtype);
  const of = { engine, device: device.engineName };
  if (problem.kind === 'moe') {
    const experts = problem.experts / problem.ep;
    const { width: n } = problem;
    return moeFileName({ ...of, experts, n, dtype, blockShape, perChannel: false, down: false });
  }
  if (blockShape === null || dtype === null) return undefined;
  return denseFileName({ ...of, n: problem.n, k: problem.k, dtype, blockShape });
}

/** Every name of an engine's file that says something of `problem`. */
export function tunedFileNames(problem: TiledProblem, device: Device): readonly string[] {
  return (['vllm', 'sglang'] as const).flatMap(
    (engine) => tunedFileName(engine, problem, device) ?? [],
  );
}

function engineDtype(dtype: KernelDtype): string | null {
  return dtype === 'bf16' ? null : dtype.replace(BLOCK_SUFFIX, '');
}
