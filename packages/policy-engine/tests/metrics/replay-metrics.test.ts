import { readFileSync } from 'node:fs';
import { systemClock } from '@wavetune/core';
import { describe, expect, it } from 'vitest';
import { createExecutorMetrics } from '../../src/executor/executor-metrics.ts';
import { createReplayMetrics } from '../../src/metrics/replay-metrics.ts';
import type { WindowRecord } from '../../src/replay/replay-events.ts';

const counts = {
  requests: 10,
  hits: 4,
  requestedBytes: 1000,
  hitBytes: 400,
  loads: 6,
  evictions: 1,
  expirations: 2,
};
const cache = { counts, usedBytes: 500, serverBytes: 700, keys: 3 };

function windowWith(plan: WindowRecord['plan']): WindowRecord {
  const range = { begin: 0, end: 10 };
  const times = { fromMillis: 0, toMillis: 1 };
  return { window: 0, range, ...times, baseline: cache, steered: cache, plan };
}

const plan: WindowRecord['plan'] = {
  reason: 'events',
  outcome: 'waiting',
  plannerMillis: 20,
  evicted: 2,
  prefetched: 3,
  passedOver: 0,
  applyMillis: 1,
  inputTokens: 100,
  outputTokens: 10,
  costDollars: 0,
  detail: undefined,
};

describe('createReplayMetrics', () => {
  it('adds windows up, and counts a plan once it is known what became of it', async () => {
    const metrics = createReplayMetrics();
    const first = windowWith({ ...plan });
    metrics.observeWindow('frequency', first);
    expect(await metrics.render()).not.toContain('cache_policy_plans_total{');
    if (first.plan !== undefined) first.plan.outcome = 'carried-out';
    metrics.observeWindow('frequency', windowWith(undefined));
    const text = await metrics.render();
    expect(text).toContain('cache_policy_requests_total{planner="frequency",cache="steered"} 20');
    expect(text).toContain(
      'cache_policy_window_hit_ratio{planner="frequency",cache="baseline"} 0.4',
    );
    expect(text).toContain('cache_policy_plans_total{planner="frequency",outcome="carried-out"} 1');
    expect(text).toContain(
      'cache_policy_planner_tokens_total{planner="frequency",kind="input"} 100',
    );
  });
});

describe('the Grafana dashboard', () => {
  it('asks for metrics that there are', async () => {
    const place = new URL('../../examples/grafana-dashboard.json', import.meta.url);
    const asked = readFileSync(place, 'utf8').match(/cache_policy_[a-z_]+/g) ?? [];
    const connected = () => ({ plans: 'connected', cache: 'connected' }) as const;
    const known = [
      await createReplayMetrics().render(),
      await createExecutorMetrics(systemClock, connected).render(),
    ].join('\n');
    expect(asked.length).toBeGreaterThan(15);
    for (const name of asked) expect(known).toContain(`# TYPE ${name.replace(/_bucket$/, '')} `);
  });
});
