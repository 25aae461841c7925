// A language model beside the planners that know no future, on one workload, over the same contexts: 20 windows, 20 keys a plan.
//
//   node experiments/planners/compare-model.ts conversation|agents|shop|scans http://127.0.0.1:8080/v1 smollm2-135m
//
// serve-model.sh beside it serves such a model. A context has at most 1,500 tokens and an answer 400: the model has two cores.
import type { CacheComparison } from '@wavetune/documents';
import {
  comparePlanners,
  DEFAULT_LIMITS,
  MODEL_DEFAULTS,
  PLANNERS,
  spawnRedisServer,
  TTL_RULE,
} from '@wavetune/policy-engine';
import { count, headOf, percent, tableOf } from './tables.ts';
import { WORKLOADS, type Workload } from './workloads.ts';

const CONTEXT_TOKENS = 1500;
const ANSWER_TOKENS = 400;
const WINDOW_EVENTS = 5000;
const ATTEMPT_MILLIS = 120_000;
const PLANNER_NAMES = PLANNERS.filter(({ needs }) => needs !== 'future').map(({ name }) => name);

const [name = '', url, model] = process.argv.slice(2);
const workload = WORKLOADS[name];
if (workload === undefined || url === undefined || model === undefined) {
  console.log(
    `wanted: one of ${Object.keys(WORKLOADS).join(', ')}, the address of a model, its name`,
  );
} else await run(workload, { url, model });

async function run(
  chosen: Workload,
  endpoint: { readonly url: string; readonly model: string },
): Promise<void> {
  const { stream, catalog } = await chosen.load();
  const servers = [await spawnRedisServer(), await spawnRedisServer()];
  const [baselineUrl, steeredUrl] = servers.map((server) => server.url);
  try {
    const comparison = await comparePlanners({
      ...{ stream, catalog, baselineUrl, steeredUrl, limits: DEFAULT_LIMITS },
      planners: PLANNER_NAMES,
      rules: { limitBytes: chosen.limitBytes, ttl: TTL_RULE, eviction: 'ttl' },
      speed: undefined,
      trigger: { kind: 'events', count: WINDOW_EVENTS },
      delayMillis: 0,
      plannerTimeoutMillis: 4 * ATTEMPT_MILLIS,
      tokenBudget: CONTEXT_TOKENS,
      model: {
        ...{ ...MODEL_DEFAULTS, ...endpoint },
        timeoutMillis: ATTEMPT_MILLIS,
        outputTokens: ANSWER_TOKENS,
      },
      valueBytes: 1024,
      measureFrom: 0.5,
      dollarsPerLoad: 0,
      signal: new AbortController().signal,
      onProgress: () => undefined,
      onWindow: (planner, { window, plan }) => {
        if (planner === 'llm') console.error(`window ${window}: ${JSON.stringify(plan)}`);
      },
    });
    console.log(`${headOf(chosen, 'ttl', comparison)}\n`);
    console.log(`${tableOf(comparison, DEFAULT_LIMITS.mostPrefetches)}\n`);
    console.log(modelLine(comparison));
  } finally {
    for (const server of servers) await server.stop();
  }
}

/** What the model's plans were worth as plans, and what they took. */
function modelLine({ runs }: CacheComparison): string {
  const llm = runs.find(({ planner }) => planner === 'llm');
  if (llm === undefined) return '';
  const { plans, tokens, plannerLatency } = llm;
  const reasons = llm.windows.flatMap(({ plan }) => plan?.detail?.split(':')[0] ?? []);
  const seconds = (millis: number | null): string => ((millis ?? 0) / 1000).toFixed(1);
  return [
    `llm: ${plans.carriedOut} of ${plans.asked} answers were plans (${percent(plans.carriedOut / plans.asked)})`,
    `discarded: ${reasons.length === 0 ? 'none' : reasons.join(', ')}`,
    `${count(plans.passedOver)} entries passed over by the executor`,
    `${count(Math.round(tokens.input / plans.asked))} tokens in and ${count(Math.round(tokens.output / plans.asked))} out a plan`,
    `${seconds(plannerLatency.medianMillis)} s a plan, ${seconds(plannerLatency.mostMillis)} s the slowest`,
  ].join('; ');
}
