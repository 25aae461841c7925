import type { EngineExporter } from './engine-exporter.ts';
import { lmcacheExporter } from './lmcache.ts';
import { sglangExporter } from './sglang.ts';
import { tensorrtLlmExporter } from './tensorrt-llm.ts';
import { vllmExporter } from './vllm.ts';

/** Every engine that settings can be written for. */
export const ENGINE_EXPORTERS: readonly EngineExporter[] = [
  vllmExporter,
  sglangExporter,
  lmcacheExporter,
  tensorrtLlmExporter,
];
