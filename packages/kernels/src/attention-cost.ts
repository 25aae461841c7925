import type { Device } from './device.ts';
import { peakFlops } from './device.ts';
import { DTYPES } from './dtype.ts';
import type { AttentionProblem } from './problem.ts';

/** The least that attention can take: not calibrated, and no tile is chosen by it. */
export interface AttentionBound {
  readonly seconds: number;
  readonly computeSeconds: number;
  readonly memorySeconds: number;
  readonly calibrated: false;
}

/**
 * Compute and memory bounds of a step: `4 × m × context × heads × head size` operations; queries, outputs and keys and
 * values once. In prefill all queries share one context and causality halves it; in decode every query reads its own.
 */
export function attentionBound(device: Device, problem: AttentionProblem): AttentionBound {
  const { m, context, heads, kvHeads, headSize, phase } = problem;
  const traits = DTYPES[problem.dtype];
  const seen = phase === 'prefill' ? context / 2 : context;
  const flops = 4 * m * seen * heads * headSize;
  const contexts = phase === 'prefill' ? 1 : m;
  const kvBytes = 2 * contexts * context * kvHeads * headSize * traits.activationBytes;
  const queryBytes = 2 * m * heads * headSize * 2;
  const computeSeconds = flops / peakFlops(device, traits.format, 'warp-group');
  const memorySeconds = (kvBytes + queryBytes) / device.hbmBytesPerSecond;
  const seconds = Math.max(computeSeconds, memorySeconds);
  return { seconds, computeSeconds, memorySeconds, calibrated: false };
}
