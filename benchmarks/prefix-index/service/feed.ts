// Sends batches to a service at a steady pace for so long, each of one tenant or of all hundred; prints what became of them.
//
//   node benchmarks/prefix-index/service/feed.ts URL SECONDS one|all PREFIXES FIRST_MILLIS
import { setTimeout as pause } from 'node:timers/promises';
import { median } from '../../support/whole-process.ts';
import { eventOf } from './event-of.ts';

const BATCH_EVENTS = 100;
const BATCHES_PER_SECOND = 50;

const [url, seconds, kind, prefixes, firstMillis] = process.argv.slice(2);
const count = Number(prefixes);
const times: number[] = [];
const underWay = new Set<Promise<void>>();
let refused = 0;
let next = 0;
let sent = 0;

async function send(): Promise<void> {
  const begin = performance.now();
  const tenant = sent++ % 100;
  const events = Array.from({ length: BATCH_EVENTS }, () => {
    const any = (next++ * 7919) % count;
    const i = kind === 'one' ? any - (any % 100) + tenant : any;
    return { ...eventOf(i), timestamp_ms: Number(firstMillis) + next };
  });
  const response = await fetch(`${url}/ingest`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ events }),
  });
  await response.arrayBuffer();
  if (response.status === 202) times.push(performance.now() - begin);
  else refused++;
}

const timer = setInterval(() => {
  const batch = send().finally(() => underWay.delete(batch));
  underWay.add(batch);
}, 1000 / BATCHES_PER_SECOND);
await pause(1000 * Number(seconds));
clearInterval(timer);
await Promise.all(underWay);
console.log(
  JSON.stringify({ acknowledged: times.length * BATCH_EVENTS, refused, millis: median(times) }),
);
