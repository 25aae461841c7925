import { createRng } from '@wavetune/core';
import { createEventRecorder, type EventColumns } from '@wavetune/policy-engine';

/** Items of a Zipf law of exponent 1, at a hundred requests a second of the trace; 200 to 1,000 bytes each. */
export function zipfEvents(count: number, items: number): EventColumns {
  const rng = createRng(1);
  const recorder = createEventRecorder();
  const scale = Math.log(items + 1);
  for (let i = 0; i < count; i++) {
    const rank = Math.floor(Math.exp(rng.nextFloat() * scale)) - 1;
    recorder.add({
      timeMillis: i * 10,
      user: `u${rng.nextBelow(10_000)}`,
      action: 'click',
      item: `p${rank}`,
      category: '',
      isRequest: true,
      sizeBytes: 200 + ((rank * 7919) % 801),
    });
  }
  return recorder.finish().columns;
}
