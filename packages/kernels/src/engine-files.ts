import { kernelsError } from './kernels-errors.ts';
import type { TilePolicy } from './policy.ts';

/** The engines whose tuned files we write; their names differ by one space in `block_shape`. */
export type EngineName = 'vllm' | 'sglang';

/** What a fused MoE file is for. K is not part of its name: models that differ in nothing else share a file. */
export interface MoeFile {
  readonly engine: EngineName;
  readonly experts: number;
  /** A rank's share of the expert width. */
  readonly n: number;
  /** As the engine names the device, `NVIDIA_H200`. */
  readonly device: string;
  /** As the engine names it; none for bf16 and fp16, which share a file. */
  readonly dtype: string | null;
  readonly blockShape: readonly [number, number] | null;
  readonly perChannel: boolean;
  /** SGLang looks the second multiplication up in a file of its own, where there is one. */
  readonly down: boolean;
}

/** What a dense block-scaled file is for. */
export interface DenseFile {
  readonly engine: EngineName;
  readonly n: number;
  readonly k: number;
  readonly device: string;
  readonly dtype: string;
  readonly blockShape: readonly [number, number];
}

/** The name under which an engine looks up a fused MoE's tuned policies. */
export function moeFileName(file: MoeFile): string {
  const parts = [`E=${file.experts}`, `N=${file.n}`, `device_name=${file.device}`];
  if (file.dtype !== null) parts.push(`dtype=${file.dtype}`);
  if (file.blockShape !== null) parts.push(blockShapePart(file.engine, file.blockShape));
  if (file.perChannel) parts.push('per_channel_quant=True');
  return `${parts.join(',')}${file.down ? '_down' : ''}.json`;
}

/** The name under which an engine looks up a dense block-scaled multiplication's tuned policies. */
export function denseFileName(file: DenseFile): string {
  const { n, k, device, dtype, engine, blockShape } = file;
  return `N=${n},K=${k},device_name=${device},dtype=${dtype},${blockShapePart(engine, blockShape)}.json`;
}

/** SGLang's folder for fused MoE files, by the Triton version that tuned them: `triton_3_5_1`. */
export function sglangFolder(tritonVersion: string): string {
  return `triton_${tritonVersion.replaceAll('.', '_')}`;
}

/** The keys that Triton's launchers in both engines read. */
export interface EngineEntry {
  readonly BLOCK_SIZE_M: number;
  readonly BLOCK_SIZE_N: number;
  readonly BLOCK_SIZE_K: number;
  readonly GROUP_SIZE_M: number;
  readonly num_warps: number;
  readonly num_stages: number;
}

/**
 * A tuned file's body, M → policy, ascending. Engines take the entry with the nearest M, so every range that is not
 * tuned needs an entry of its own with the default's policy.
 *
 * @throws WavetuneError `kernels.bad-problem` for an M that is no positive integer, or for split-K, which the files
 * cannot say.
 */
export function engineFileBody(policies: ReadonlyMap<number, TilePolicy>): {
  readonly [m: string]: EngineEntry;
} {
  const sorted = [...policies].sort(([left], [right]) => left - right);
  return Object.fromEntries(sorted.map(([m, policy]) => [String(m), entryOf(m, policy)]));
}

function entryOf(m: number, policy: TilePolicy): EngineEntry {
  if (!Number.isSafeInteger(m) || m < 1) {
    throw kernelsError('kernels.bad-problem', {
      field: 'M',
      found: m,
      accepted: 'a positive integer',
    });
  }
  if (policy.splitK !== 1) {
    throw kernelsError('kernels.bad-problem', {
      field: 'splitK',
      found: policy.splitK,
      accepted: '1',
    });
  }
  return {
    BLOCK_SIZE_M: policy.blockM,
    BLOCK_SIZE_N: policy.blockN,
    BLOCK_SIZE_K: policy.blockK,
    GROUP_SIZE_M: policy.groupM,
    num_warps: policy.warps,
    num_stages: policy.stages,
  };
}

function blockShapePart(engine: EngineName, [n, k]: readonly [number, number]): string {
  return `block_shape=[${n},${engine === 'sglang' ? ' ' : ''}${k}]`;
}
