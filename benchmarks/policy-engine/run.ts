// Requests a second that two live caches answer by the clock of the trace, each on a Redis server of its own, beside a plain
// loop of one command after another; what Redis answered is held against a model in memory, event by event.
//
//   node benchmarks/policy-engine/run.ts [events] [items] [memory in MiB]
import { keyOf, openCaches, spawnRedisServer, TTL_RULE } from '@wavetune/policy-engine';
import { Redis } from 'ioredis';
import { queueModelHits } from '../../packages/policy-engine/tests/support/queue-model.ts';
import { zipfEvents } from './item-events.ts';

const [events = 1_000_000, items = 200_000, mebibytes = 32] = process.argv.slice(2).map(Number);
const PLAIN_EVENTS = 20_000;
const CHUNK = 50_000;

const columns = zipfEvents(events, items);
const servers = [await spawnRedisServer(), await spawnRedisServer()];
const [baselineUrl, steeredUrl] = servers.map(({ url }) => url);
try {
  const pipelined = await replay();
  const plain = await plainLoop();
  console.log(
    `a plain loop of commands      ${perSecond(plain)} events/s, ${PLAIN_EVENTS.toLocaleString('en')} events; ` +
      `pipelined: ${(pipelined / plain).toFixed(1)} times as many`,
  );
} finally {
  for (const server of servers) await server.stop();
}

async function replay(): Promise<number> {
  const limitBytes = mebibytes * 2 ** 20;
  const rules = { limitBytes, ttl: TTL_RULE, eviction: 'ttl', speed: undefined } as const;
  const { baseline, steered, close } = await openCaches({ baselineUrl, steeredUrl, ...rules });
  const hits = new Uint8Array(events);
  const startMillis = performance.now();
  for (let begin = 0; begin < events; begin += CHUNK) {
    const range = { begin, end: Math.min(events, begin + CHUNK) };
    const answers = [baseline.serve(columns, range), steered.serve(columns, range)];
    hits.set((await Promise.all(answers))[0], begin);
  }
  const rate = events / ((performance.now() - startMillis) / 1000);
  const { requests, evictions, expirations } = baseline.counts();
  const found = hits.reduce((sum, hit) => sum + hit, 0);
  console.log(
    `two caches of ${mebibytes} MiB, pipelined ${perSecond(rate)} events/s, ${events.toLocaleString('en')} events; ` +
      `hit ratio ${((100 * found) / requests).toFixed(1)} %, ${evictions.toLocaleString('en')} evictions, ${expirations.toLocaleString('en')} expired`,
  );
  await close();
  const model = queueModelHits(columns, limitBytes);
  const differing = model.reduce((sum, hit, i) => sum + (hit === hits[i] ? 0 : 1), 0);
  const expected = model.reduce((sum, hit) => sum + hit, 0);
  console.log(
    `hits                          ${found.toLocaleString('en')} by Redis, ${expected.toLocaleString('en')} by the model; ${differing} events differ`,
  );
  return rate;
}

/** GET, and SET where it misses, on both servers: what the replay does, with a round trip for each. */
async function plainLoop(): Promise<number> {
  const clients = [new Redis(baselineUrl), new Redis(steeredUrl)];
  const startMillis = performance.now();
  for (let i = 0; i < PLAIN_EVENTS; i++) {
    const key = keyOf(columns.names.items[columns.items[i]]);
    for (const redis of clients) {
      if ((await redis.getBuffer(key)) === null) {
        await redis.set(key, Buffer.alloc(columns.sizeBytes[i], 'x'), 'EX', 1800);
      }
    }
  }
  const rate = PLAIN_EVENTS / ((performance.now() - startMillis) / 1000);
  for (const redis of clients) redis.disconnect();
  return rate;
}

function perSecond(rate: number): string {
  return Math.round(rate).toLocaleString('en');
}
