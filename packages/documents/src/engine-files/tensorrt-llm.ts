import { canonicalJson } from '@wavetune/core';
import type { EngineAdvice, EngineExporter, RetentionRule } from './engine-exporter.ts';

/** Priority of a block that no configuration names, on the engine's scale of 1 to 100. */
const DEFAULT_PRIORITY = 35;

/**
 * TensorRT-LLM's retention configuration, which comes with each request: by prefix, the token ranges to keep. Within one
 * priority it is LRU. The client looks up the longest listed prefix that its prompt begins with.
 */
export const tensorrtLlmExporter: EngineExporter = {
  name: 'tensorrt-llm',
  option: 'trtllm',
  summary: 'TensorRT-LLM: tensorrt-llm-retention.json, a KvCacheRetentionConfig a prefix',
  choices: [
    { setting: {}, policy: 'lru', parameters: {}, residency: 'closed' },
    {
      setting: { retention: 'by prefix' },
      policy: 'pinned-lru',
      parameters: {},
      residency: 'closed',
    },
  ],
  settingsOf: (advice) => (advice.verdict === 'use' ? { retention: retentionOf(advice) } : {}),
  filesOf(advice) {
    const { verdict, reason } = advice;
    const retention = verdict === 'use' ? retentionOf(advice) : [];
    const text = canonicalJson({ verdict, reason, retention }, 2);
    return [{ name: 'tensorrt-llm-retention.json', text }];
  },
};

function retentionOf({ retention }: EngineAdvice) {
  return retention.map((rule) => ({
    prefix: rule.prefix,
    kv_cache_retention_config: {
      token_range_retention_configs: [tokenRangeOf(rule)],
      decode_retention_priority: DEFAULT_PRIORITY,
      decode_duration_ms: null,
    },
  }));
}

function tokenRangeOf({ tokens, priority, ttlMillis }: RetentionRule) {
  return {
    token_start: 0,
    token_end: tokens,
    priority,
    duration_ms: ttlMillis === null ? null : Math.ceil(ttlMillis),
  };
}
