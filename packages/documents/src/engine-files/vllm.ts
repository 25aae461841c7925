import { canonicalJson } from '@wavetune/core';
import {
  commentOf,
  type EngineAdvice,
  type EngineChoice,
  type EngineExporter,
  type EngineFile,
} from './engine-exporter.ts';

/**
 * vLLM's `OffloadingConnector`: host memory behind the GPU's prefix cache, which itself has no setting for eviction.
 *
 * `eviction_policy` is lru unless told, `store_threshold` (how often a block must have been asked for before it is stored)
 * stores all below 2.
 */
export const vllmExporter: EngineExporter = {
  name: 'vllm',
  option: 'vllm',
  summary: 'vLLM, OffloadingConnector: vllm.args, vllm-kv-transfer-config.json',
  choices: ['lru', 'arc'].flatMap((eviction) =>
    [0, 2, 3].map((threshold) => toChoice(eviction, threshold)),
  ),
  settingsOf: (advice) => (advice.verdict === 'use' ? transferConfigOf(advice) : {}),
  filesOf(advice) {
    const comment = commentOf('vLLM OffloadingConnector', advice).map((line) => `# ${line}`);
    if (advice.verdict !== 'use') return [argsFile(comment)];
    const config = transferConfigOf(advice);
    return [
      argsFile([...comment, `--kv-transfer-config '${canonicalJson(config)}'`]),
      { name: 'vllm-kv-transfer-config.json', text: canonicalJson(config, 2) },
    ];
  },
};

/** The engine's GPU block; offloaded blocks are a multiple of it. */
const GPU_BLOCK_TOKENS = 16;

function toChoice(eviction: string, threshold: number): EngineChoice {
  return {
    setting: { eviction_policy: eviction, ...(threshold > 0 && { store_threshold: threshold }) },
    policy: 'vllm-offload',
    parameters: { eviction, storeThreshold: threshold },
    residency: 'free',
  };
}

function transferConfigOf({ choice, capacityBytes, blockSize }: EngineAdvice) {
  return {
    kv_connector: 'OffloadingConnector',
    kv_role: 'kv_both',
    kv_connector_extra_config: {
      cpu_bytes_to_use: capacityBytes,
      ...(blockSize % GPU_BLOCK_TOKENS === 0 && { block_size: blockSize }),
      ...choice.setting,
    },
  };
}

function argsFile(lines: readonly string[]): EngineFile {
  return { name: 'vllm.args', text: `${lines.join('\n')}\n` };
}
