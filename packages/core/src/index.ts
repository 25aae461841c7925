export { canonicalJson, canonicalJsonParts, type Json } from './canonical-json.ts';
export { type Clock, systemClock } from './clock.ts';
export { type ClonedFailure, decodeFailure, encodeFailure } from './cloned-failure.ts';
export {
  NONE,
  shapeOf,
  sharedFloat64,
  sharedUint32,
  type TraceColumns,
  type TraceShape,
  tokensOfPrefix,
} from './columns.ts';
export { sha256Hex, sha256OfFile } from './digest.ts';
export { assertNever, defineErrors, isWavetuneError, WavetuneError } from './errors.ts';
export { popHeap, pushHeap } from './heap.ts';
export { checkPublishable, publishBy, publishFile } from './publish.ts';
export { createRng, type Rng } from './rng.ts';
export { type RequestRange, splitRange, type Task } from './task.ts';
export { formatCount, formatSize, parseSize } from './units.ts';
export { WAVETUNE_VERSION } from './version.ts';
