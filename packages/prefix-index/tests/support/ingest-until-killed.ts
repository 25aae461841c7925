import { openLiveIndex } from '../../src/index.ts';
import { event } from './deltas.ts';
import { fixedClock } from './fixed-clock.ts';

/** Ingests numbered batches from several sides at once, with snapshots all the time, and prints what is acknowledged. */
const [storeUrl, first] = process.argv.slice(2);
const live = await openLiveIndex({
  storeUrl,
  settings: {},
  clock: fixedClock(1e12),
  snapshotMillis: 20,
  compactRows: 50,
});
let next = Number(first);
console.log('open');

async function ingest(): Promise<void> {
  for (;;) {
    const id = next++;
    const own = event({ prefix_id: `own ${id}` });
    await live.ingest({ id: `${id}`, events: [own, event({ prefix_id: 'shared' })] });
    console.log(id);
  }
}

await Promise.all(Array.from({ length: 8 }, ingest));
