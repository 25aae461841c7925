import { denseBlockScaled } from './dense-block-scaled.ts';
import type { Strategy } from './strategy.ts';
import { smallTiles } from './vllm-2025.ts';

/** SGLang keeps the older fused MoE rule; its dense block FP8 pipelines one stage deeper. */
export const sglang: Strategy = {
  name: 'sglang',
  origin: 'SGLang fused MoE and dense block FP8 defaults',
  choose: (problem) => (problem.kind === 'moe' ? smallTiles(problem) : denseBlockScaled(3)),
};
