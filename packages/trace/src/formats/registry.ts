import type { TraceFormat } from '../trace-format.ts';
import { keyLog } from './key-log.ts';
import { kvcacheAi } from './kvcache-ai.ts';
import { lengthOnlyFormats } from './length-only.ts';
import { lmcacheLookup } from './lmcache-lookup.ts';
import { mooncake } from './mooncake.ts';
import { prefixEvents } from './prefix-events.ts';
import { qwenBailian } from './qwen-bailian.ts';
import { requestColumns } from './request-columns.ts';
import { tokenIds } from './token-ids.ts';
import { weka } from './weka.ts';

/** Every format that is read, in the order in which they are listed to people. */
export const TRACE_FORMATS: readonly TraceFormat[] = [
  mooncake,
  requestColumns,
  kvcacheAi,
  weka,
  qwenBailian,
  lmcacheLookup,
  tokenIds,
  prefixEvents,
  keyLog,
  ...lengthOnlyFormats,
];
