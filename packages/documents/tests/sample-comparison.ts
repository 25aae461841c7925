import type { CacheComparison } from '../src/index.ts';

const counts = {
  requests: 4,
  hits: 2,
  requestedBytes: 400,
  hitBytes: 200,
  loads: 2,
  evictions: 0,
  expirations: 0,
};
const ratio = { ratio: 0.5, low: 0.25, high: 0.75 };
const gain = { difference: 0.25, low: 0.1, high: 0.4 };
const latency = { medianMillis: 1, p95Millis: 2, mostMillis: 2 };
const cache = {
  requests: 4,
  hits: 2,
  hitRatio: ratio,
  usedBytes: 500,
  serverBytes: 700,
  keys: 2,
  evictions: 0,
};

/** The least comparison that has everything. */
export const comparison: CacheComparison = {
  schema: 'cache-comparison/1',
  stream: {
    source: 'item log',
    events: 5,
    requests: 4,
    distinctItems: 2,
    requestedBytes: 400,
    fromMillis: 0,
    toMillis: 3000,
    badRecords: 0,
    outOfOrder: 0,
  },
  caches: {
    limitBytes: 1000,
    keyOverheadBytes: 128,
    eviction: 'ttl',
    clock: 'trace',
    speed: null,
    ttl: {
      relaxedBelow: 0.5,
      tightAbove: 0.8,
      relaxedSeconds: 1800,
      middleSeconds: 900,
      tightSeconds: 300,
    },
  },
  steering: { trigger: 'every 5 events', delayMillis: 0, mostEvictions: 20, mostPrefetches: 20 },
  measured: { from: 0, requests: 4, confidence: 0.95, groups: 4 },
  baseline: { hitRatio: ratio, counts },
  simulated: {
    capacityItems: 4,
    meanItemBytes: 234,
    policies: [{ policy: 's3-fifo', isBound: false, hits: 2, hitRatio: ratio, overBaseline: gain }],
  },
  runs: [
    {
      planner: 'frequency',
      isBound: false,
      hitRatio: ratio,
      difference: gain,
      verdict: 'beats',
      againstPolicies: [{ policy: 's3-fifo', difference: gain }],
      counts,
      plans: {
        asked: 1,
        carriedOut: 1,
        expired: 0,
        discarded: 0,
        busy: 0,
        evicted: 1,
        prefetched: 1,
        passedOver: 0,
      },
      plannerLatency: latency,
      executor: { transactions: 1, keys: 2, keysPerSecond: 2000, latency },
      tokens: { input: 0, output: 0 },
      cost: {
        plannerDollars: 0,
        loadsPerThousand: 500,
        baselineLoadsPerThousand: 600,
        dollarsPerThousand: 0,
        baselineDollarsPerThousand: 0,
      },
      windows: [
        {
          window: 0,
          fromMillis: 0,
          toMillis: 3000,
          events: 5,
          baseline: cache,
          steered: cache,
          difference: null,
          plan: {
            reason: 'events',
            outcome: 'carried-out',
            evicted: 1,
            prefetched: 1,
            detail: null,
          },
        },
      ],
    },
  ],
  verdict: { decision: 'use', planner: 'frequency', reason: 'it answers more' },
};
