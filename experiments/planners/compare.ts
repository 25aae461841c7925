// Every planner against the TTL rule alone, plain S3-FIFO and the optimum, on one workload, with caps of 20 and of 200 keys a plan.
//
//   node experiments/planners/compare.ts conversation|agents|shop|scans [ttl|lru]
//
// The second word says what leaves a cache whose memory is full: what expires first, or what was unused for longest.
import type { CacheComparison } from '@wavetune/documents';
import {
  AGGREGATOR_DEFAULTS,
  comparePlanners,
  DEFAULT_LIMITS,
  PLANNERS,
  spawnRedisServer,
  TTL_RULE,
} from '@wavetune/policy-engine';
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
      console.log(cap === CAPS[0] ? `${headOf(chosen, comparison)}\n` : '');
      console.log(tableOf(comparison, cap));
    }
  } finally {
    for (const server of servers) await server.stop();
  }
}

function headOf({ what, limitBytes }: Workload, comparison: CacheComparison): string {
  const { stream, measured, baseline, simulated } = comparison;
  const policies = (simulated?.policies ?? []).map(
    ({ policy, hitRatio, overBaseline }) =>
      `| ${policy} | ${percent(hitRatio.ratio)} | ${points(overBaseline)} |`,
  );
  return [
    `## ${what}${eviction === 'lru' ? ', evicting what was unused for longest' : ''}`,
    '',
    `${count(stream.requests)} requests of ${count(stream.distinctItems)} items; ${limitBytes / 2 ** 20} MiB, room for ${count(simulated?.capacityItems ?? 0)} items; measured on the last ${count(measured.requests)} requests.`,
    '',
    '| without a planner | hit ratio | less the TTL rule, points |',
    '|---|---:|---:|',
    `| the TTL rule alone | ${percent(baseline.hitRatio.ratio)} | |`,
    ...policies,
  ].join('\n');
}

function tableOf({ runs, measured, verdict }: CacheComparison, cap: number): string {
  const confidence = `${(100 * measured.confidence).toFixed(1)} %`;
  return [
    `| planner, at most ${cap} + ${cap} keys a plan | hit ratio | less the TTL rule, points (${confidence}) | | less plain S3-FIFO | loads/1,000 (alone: ${runs[0].cost.baselineLoadsPerThousand.toFixed(0)}) | evicted | prefetched | ms a plan |`,
    '|---|---:|---:|---|---:|---:|---:|---:|---:|',
    ...runs.map(rowOf),
    '| llm | not measured: no model was at hand | | | | | | | |',
    '',
    `Verdict: ${verdict.decision}. ${verdict.reason}.`,
  ].join('\n');
}

function rowOf(run: CacheComparison['runs'][number]): string {
  const { planner, isBound, hitRatio, difference, verdict, cost, plans, plannerLatency } = run;
  const fifo = run.againstPolicies.find(({ policy }) => policy === 's3-fifo');
  const cells = [
    isBound ? `${planner} (knows the future)` : planner,
    percent(hitRatio.ratio),
    points(difference),
    verdict,
    fifo === undefined ? '–' : points(fifo.difference),
    cost.loadsPerThousand.toFixed(0),
    count(plans.evicted),
    count(plans.prefetched),
    (plannerLatency.medianMillis ?? 0).toFixed(1),
  ];
  return `| ${cells.join(' | ')} |`;
}

function percent(ratio: number): string {
  return `${(100 * ratio).toFixed(2)} %`;
}

function points(interval: {
  readonly difference: number;
  readonly low: number;
  readonly high: number;
}): string {
  const signed = (value: number): string =>
    `${value < 0 ? '−' : '+'}${Math.abs(100 * value).toFixed(2)}`;
  return `${signed(interval.difference)} (${signed(interval.low)} … ${signed(interval.high)})`;
}

function count(value: number): string {
  return value.toLocaleString('en');
}
