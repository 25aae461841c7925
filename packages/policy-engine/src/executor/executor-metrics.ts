import type { Clock } from '@wavetune/core';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { PlanReceipt } from './carry-out.ts';
import { PASSED_OVER } from './choose-actions.ts';

/** What an executor counts of itself. No label holds anything that a plan says. */
export interface ExecutorMetrics {
  readonly countPlan: (outcome: 'carried-out' | 'known' | 'expired' | 'poison') => void;
  readonly countReceipt: (receipt: PlanReceipt, ageMillis: number) => void;
  readonly countFailure: (of: 'plans' | 'cache') => void;
  readonly timePlan: <T>(work: () => Promise<T>) => Promise<T>;
  /** In Prometheus' text format. */
  readonly render: () => Promise<string>;
  readonly contentType: string;
}

export interface ExecutorHealth {
  readonly plans: 'connected' | 'reconnecting';
  readonly cache: 'connected' | 'reconnecting';
}

const PREFIX = 'cache_policy_executor_';
const PLAN_SECONDS = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1, 5, 30];
const AGE_SECONDS = [0.01, 0.05, 0.1, 0.5, 1, 2, 5, 10, 30, 60, 300, 3600];

export function createExecutorMetrics(clock: Clock, health: () => ExecutorHealth): ExecutorMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const counters = countersOf(registry);
  const { took, age } = histogramsOf(registry);
  new Gauge({
    name: `${PREFIX}connected`,
    help: '1 while the transport of plans, or the cache, can be reached',
    labelNames: ['to'],
    registers: [registry],
    collect() {
      const { plans, cache } = health();
      this.set({ to: 'plans' }, plans === 'connected' ? 1 : 0);
      this.set({ to: 'cache' }, cache === 'connected' ? 1 : 0);
    },
  });
  return {
    contentType: registry.contentType,
    render: () => registry.metrics(),
    countPlan: (outcome) => counters.plans.inc({ outcome }),
    countReceipt: ({ evicted, prefetched, passedOver }, ageMillis) => {
      counters.keys.inc({ action: 'evict' }, evicted);
      counters.keys.inc({ action: 'prefetch' }, prefetched);
      for (const reason of PASSED_OVER) counters.passedOver.inc({ reason }, passedOver[reason]);
      age.observe(Math.max(0, ageMillis) / 1000);
    },
    countFailure: (of) => counters.failures.inc({ of }),
    timePlan: async (work) => {
      const startMillis = clock.monotonicMillis();
      const done = await work();
      took.observe((clock.monotonicMillis() - startMillis) / 1000);
      return done;
    },
  };
}

function countersOf(registry: Registry) {
  const counter = (name: string, help: string, label: string) =>
    new Counter({
      name: `${PREFIX}${name}_total`,
      help,
      labelNames: [label],
      registers: [registry],
    });
  return {
    plans: counter(
      'plans',
      'Deliveries by outcome: carried-out, known, expired, poison',
      'outcome',
    ),
    keys: counter('keys', 'Keys that plans evicted or prefetched', 'action'),
    passedOver: counter('passed_over', 'Entries of plans that were passed over, and why', 'reason'),
    failures: counter('failures', 'Failed attempts at the transport of plans or the cache', 'of'),
  };
}

function histogramsOf(registry: Registry) {
  const registers = [registry];
  return {
    took: new Histogram({
      name: `${PREFIX}plan_seconds`,
      help: 'From the delivery of a plan to its end, with all attempts',
      buckets: PLAN_SECONDS,
      registers,
    }),
    age: new Histogram({
      name: `${PREFIX}plan_age_seconds`,
      help: 'Age of a plan when it was carried out',
      buckets: AGE_SECONDS,
      registers,
    }),
  };
}
