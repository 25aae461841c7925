import { encodeCacheComparison } from '@wavetune/documents';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SpawnedServer, spawnRedisServer } from '../../src/caches/spawn-server.ts';
import { TTL_RULE } from '../../src/caches/ttl-rule.ts';
import { EMPTY_CATALOG } from '../../src/catalog/catalog.ts';
import {
  type ComparePlannersOptions,
  comparePlanners,
} from '../../src/comparison/compare-planners.ts';
import { DEFAULT_LIMITS } from '../../src/executor/plan-limits.ts';
import { MODEL_DEFAULTS } from '../../src/planners/llm/model-options.ts';
import { eventsOf } from '../support/event-streams.ts';
import { type ModelServer, startModelServer } from '../support/model-server.ts';
import { hasRedis } from '../support/redis-servers.ts';

/** The item `late` is asked for in every second window only, when its time to live is over. */
const columns = eventsOf(
  Array.from({ length: 400 }, (_, i) => ({
    timeMillis: i * 20_000,
    item: i % 100 === 60 ? 'late' : `p${i}`,
  })),
);

describe.skipIf(!hasRedis())('comparePlanners', () => {
  let redis: SpawnedServer;
  let model: ModelServer;
  beforeAll(async () => {
    redis = await spawnRedisServer();
    model = await startModelServer();
  });
  afterAll(async () => {
    await redis.stop();
    await model.close();
  });

  const compare = (over: Partial<ComparePlannersOptions>) =>
    comparePlanners({
      stream: { columns, source: 'item log', badRecords: 0, outOfOrder: 0 },
      planners: ['none'],
      baselineUrl: redis.url,
      steeredUrl: redis.url.replace(/0$/, '1'),
      rules: { limitBytes: 100_000, ttl: TTL_RULE, eviction: 'ttl' },
      speed: undefined,
      trigger: { kind: 'events', count: 50 },
      limits: DEFAULT_LIMITS,
      ...{ delayMillis: 0, plannerTimeoutMillis: 5000, tokenBudget: 6000 },
      ...{ catalog: EMPTY_CATALOG, model: undefined },
      ...{ valueBytes: 100, measureFrom: 0, dollarsPerLoad: 0 },
      signal: new AbortController().signal,
      onProgress: () => undefined,
      onWindow: () => undefined,
      ...over,
    });

  it('lets a language model steer, and counts its tokens and what they cost', async () => {
    const text = '{"evict":["other:1"],"prefetch":[{"k":"item:late","ttl":3600}]}';
    model.behave({ kind: 'text', text });
    const comparison = await compare({
      planners: ['none', 'llm'],
      model: {
        ...MODEL_DEFAULTS,
        ...{ url: model.ollamaUrl, model: 'small' },
        dollarsPerMillion: { input: 2, output: 10 },
      },
    });
    const [none, llm] = comparison.runs;
    expect(none.counts).toEqual(comparison.baseline.counts);
    expect(llm.counts.hits).toBe(none.counts.hits + 4);
    expect(llm.plans).toMatchObject({ asked: 7, carriedOut: 7, evicted: 0, passedOver: 7 });
    expect(llm.tokens.input).toBeGreaterThan(0);
    expect(llm.cost.plannerDollars).toBeGreaterThan(0);
    expect(llm.cost.dollarsPerThousand).toBeCloseTo((1000 * llm.cost.plannerDollars) / 400, 12);
    expect([...encodeCacheComparison(comparison)].join('')).toContain('"planner": "llm"');
  });

  it('goes on without a model that fails, and says why', async () => {
    model.behave({ kind: 'status', status: 400 });
    const options = { ...MODEL_DEFAULTS, url: model.openaiUrl, model: 'small' };
    const { runs } = await compare({ planners: ['llm'], model: options });
    expect(runs[0].plans).toMatchObject({ asked: 7, carriedOut: 0, discarded: 7 });
    expect(runs[0].windows[0].plan?.detail).toContain('refused');
    expect(runs[0].difference.difference).toBe(0);
  });

  it('shows the oracle the next window and no other planner anything of it', async () => {
    const { runs } = await compare({ planners: ['frequency', 'oracle'] });
    expect(runs.map(({ isBound }) => isBound)).toEqual([false, true]);
    expect(runs[1].counts.hits).toBeGreaterThan(runs[0].counts.hits);
  });
});
