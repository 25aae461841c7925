import { createRng } from '@wavetune/core';
import { createEventRecorder, type EventStream } from '@wavetune/policy-engine';

const HOT_ITEMS = 4000;
const LIST_ITEMS = 3000;
const SCAN_EVERY_MILLIS = 600_000;
const SCAN_GAP_MILLIS = 20;
const HOT_GAP_MILLIS = 60;
const VALUE_BYTES = 512;

/**
 * People who ask for hot items by Zipf's law, and a job that reads a list of other items from its first to its last every
 * ten minutes: what it reads never fits, and what it pushes out was hot.
 *
 * @returns The same events for the same seed.
 */
export function scanMix({
  events,
  seed,
}: {
  readonly events: number;
  readonly seed: number;
}): EventStream {
  const rng = createRng(seed);
  const recorder = createEventRecorder();
  let hotMillis = 0;
  let scanMillis = 0;
  let place = 0;
  for (let i = 0; i < events; i++) {
    const isScan = scanMillis < hotMillis;
    const rank = Math.floor(Math.exp(rng.nextFloat() * Math.log(HOT_ITEMS + 1))) - 1;
    recorder.add({
      timeMillis: isScan ? scanMillis : hotMillis,
      user: isScan ? 'job' : `u${rng.nextBelow(1000)}`,
      action: 'click',
      item: isScan ? `list-${place}` : `hot-${rank}`,
      category: isScan ? 'list' : 'hot',
      isRequest: true,
      sizeBytes: VALUE_BYTES,
    });
    if (!isScan) {
      hotMillis += HOT_GAP_MILLIS;
      continue;
    }
    place = (place + 1) % LIST_ITEMS;
    scanMillis += place === 0 ? SCAN_EVERY_MILLIS - LIST_ITEMS * SCAN_GAP_MILLIS : SCAN_GAP_MILLIS;
  }
  const { columns, outOfOrder } = recorder.finish();
  return { columns, source: 'synthetic scans', badRecords: 0, outOfOrder };
}
