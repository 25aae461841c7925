import { Document } from 'yaml';
import { commentOf, type EngineAdvice, type EngineExporter } from './engine-exporter.ts';

const GIBIBYTE = 2 ** 30;
const DEFAULT_CHUNK_TOKENS = 256;

/** LMCache's configuration file. It drops any chunk, touches a chain first to last, and is LRU unless told. */
export const lmcacheExporter: EngineExporter = {
  name: 'lmcache',
  option: 'lmcache',
  summary: 'LMCache: lmcache.yaml',
  choices: [
    { setting: { cache_policy: 'LRU' }, policy: 'lmcache', parameters: {}, residency: 'free' },
    { setting: { cache_policy: 'LFU' }, policy: 'lfu', parameters: {}, residency: 'free' },
    { setting: { cache_policy: 'FIFO' }, policy: 'fifo', parameters: {}, residency: 'free' },
  ],
  settingsOf: (advice) => (advice.verdict === 'use' ? settingsOf(advice) : {}),
  filesOf(advice) {
    const comment = commentOf('LMCache', advice).map((line) => ` ${line}`);
    if (advice.verdict !== 'use') {
      return [{ name: 'lmcache.yaml', text: `${comment.map((line) => `#${line}`).join('\n')}\n` }];
    }
    const document = new Document(settingsOf(advice));
    document.commentBefore = comment.join('\n');
    return [{ name: 'lmcache.yaml', text: document.toString() }];
  },
};

/** `max_local_cpu_size` counts 2^30 bytes, though it is called GB; a chunk is a whole number of blocks. */
function settingsOf({ choice, capacityBytes, blockSize }: EngineAdvice) {
  return {
    chunk_size: Math.max(1, Math.floor(DEFAULT_CHUNK_TOKENS / blockSize)) * blockSize,
    local_cpu: true,
    max_local_cpu_size: Number((capacityBytes / GIBIBYTE).toFixed(3)),
    ...choice.setting,
  };
}
