export { createArc, runArc } from './arc';
export { createBelady, runBelady } from './belady';
export { createClock, runClock } from './clock';
export {
  createClosedClock,
  createClosedFifo,
  createClosedS3Fifo,
  createClosedSieve,
  createClosedSlru,
  createClosedTwoQ,
  runChain,
} from './closed/replay';
export { createGdsf, runGdsf } from './gdsf';
export { createLfu, gatherUses, logMore, runLfu, stoppedAt } from './lfu';
export { createLirs, runLirs } from './lirs';
export { evictions, STAGE, STAGE_NEXT, STAGE_REFERENCES } from './memory';
export { createRandom, runRandom } from './random';
export { createS3Fifo, runS3Fifo } from './s3-fifo';
export { createSieve, runSieve } from './sieve';
export { createSlru, runSlru } from './slru';
export { createTwoQ, runTwoQ } from './two-q';
export { createWTinyLfu, runWTinyLfu } from './w-tiny-lfu';
