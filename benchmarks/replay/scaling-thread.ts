import { parentPort } from 'node:worker_threads';
import { createRng } from '@wavetune/core';

/** Following pointers waits for memory that the cores share; computing waits for nothing. */
export type ScalingWork = 'follow pointers' | 'compute';

/** One mebi pointers of four bytes: more than a core's own cache holds, less than the shared one. */
const POINTERS = 2 ** 20;
const STEPS = 10_000_000;
const MULTIPLICATIONS = 100_000_000;

const next = cycle();
parentPort?.on('message', (work: ScalingWork) => {
  parentPort?.postMessage(work === 'compute' ? compute() : follow());
});
parentPort?.postMessage('ready');

/** All pointers in one random cycle (Sattolo 1986), so that no step can be foreseen. */
function cycle(): Uint32Array {
  const rng = createRng(1);
  const pointers = Uint32Array.from({ length: POINTERS }, (_, at) => at);
  for (let at = POINTERS - 1; at > 0; at--) {
    const other = Math.floor(rng.nextFloat() * at);
    [pointers[at], pointers[other]] = [pointers[other], pointers[at]];
  }
  return pointers;
}

function follow(): number {
  let at = 0;
  for (let step = 0; step < STEPS; step++) at = next[at];
  return at;
}

function compute(): number {
  let value = 1;
  for (let i = 0; i < MULTIPLICATIONS; i++)
    value = (Math.imul(value, 1_664_525) + 1_013_904_223) | 0;
  return value;
}
