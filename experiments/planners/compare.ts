// Every planner against the TTL rule alone, plain S3-FIFO and the optimum, on one workload, with caps of 20 and of 200 keys a plan.
//
//   node experiments/planners/compare.ts conversation|agents|shop|scans [ttl|lru]
//
// The second word says what leaves a cache whose memory is full: what expires first, or what was unused for longest.
import {
  AGGREGATOR_DEFAULTS,
  comparePlanners,
  DEFAULT_LIMITS,
  PLANNERS,
  spawnRedisServer,
  TTL_RULE,
} from '@wavetune/policy-engine';
import { headOf, tableOf } from './tables.ts';
import { WORKLOADS, type Workload } from './workloads.ts';

const CAPS = [20, 200];
const PLANNER_NAMES = PLANNERS.filter(({ needs }) => needs !== 'model').map(({ name }) => name);

const [name = '', eviction = 'ttl'] = process.argv.slice(2);
const workload = WORKLOADS[name];
if (workload === undefined) console.log(`known are ${Object.keys(WORKLOADS).join(', ')}`);
else await run(workload);

async function run(chosen: Workload): Promise<void> {
  const { stream, catalog } = await chosen.load();
  const servers = [await spawnRedisServer(), await spawnRedisServer()];
  const [baselineUrl, steeredUrl] = servers.map(({ url }) => url);
  try {
    for (const cap of CAPS) {
      const limits = { ...DEFAULT_LIMITS, mostEvictions: cap, mostPrefetches: cap };
      const comparison = await comparePlanners({
        ...{ stream, catalog, baselineUrl, steeredUrl, limits },
        planners: PLANNER_NAMES,
        rules: {
          limitBytes: chosen.limitBytes,
          ttl: TTL_RULE,
          eviction: eviction === 'lru' ? 'lru' : 'ttl',
        },
        speed: undefined,
        trigger: { kind: 'events', count: chosen.windowEvents },
        delayMillis: 0,
        plannerTimeoutMillis: 60_000,
        tokenBudget: AGGREGATOR_DEFAULTS.tokenBudget,
        model: undefined,
        valueBytes: 1024,
        measureFrom: 0.5,
        dollarsPerLoad: 0,
        signal: new AbortController().signal,
        onProgress: () => undefined,
        onWindow: () => undefined,
      });
      console.log(cap === CAPS[0] ? `${headOf(chosen, eviction, comparison)}\n` : '');
      console.log(tableOf(comparison, cap));
    }
  } finally {
    for (const server of servers) await server.stop();
  }
}
