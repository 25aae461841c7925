import type { Clock } from '@wavetune/core';
import type { Redis } from 'ioredis';
import type { Logger } from 'pino';
import { redisName } from '../caches/redis-connection.ts';
import type { PlanTransport, Verdict } from '../transport/plan-transport.ts';
import { createRedisClient, leave, reach } from '../transport/redis-client.ts';
import { listenHttp } from './executor-http.ts';
import {
  createExecutorMetrics,
  type ExecutorHealth,
  type ExecutorMetrics,
} from './executor-metrics.ts';
import { handlePlan, type PlanReports } from './handle-plan.ts';
import type { PlanLimits } from './plan-limits.ts';
import type { ValueSource } from './value-source.ts';

export interface ExecutorOptions {
  /** Of the steered cache: `redis://host:port/db`. */
  readonly redisUrl: string;
  /** The executor closes it. */
  readonly transport: PlanTransport;
  readonly values: ValueSource;
  readonly limits: PlanLimits;
  readonly host: string;
  /** Of `/metrics` and `/healthz`; 0 for one that is free. */
  readonly port: number;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface Executor {
  readonly port: number;
  /** Finishes and commits the plan that is under way. */
  close(): Promise<void>;
}

interface ExecutorState {
  readonly redis: Redis;
  /** Undefined until it is known. */
  arePlansThere: boolean | undefined;
  isCacheThere: boolean | undefined;
}

/**
 * Carries out plans until it is closed: one at a time, in their order.
 *
 * @throws WavetuneError `executor.cannot-listen`; `cache.unreachable` for what is no address.
 */
export async function startExecutor(options: ExecutorOptions): Promise<Executor> {
  const { transport, clock, log, host, port } = options;
  const abort = new AbortController();
  const cache = redisName(options.redisUrl);
  let said = '';
  const redis = createRedisClient(options.redisUrl, ({ message: reason }) => {
    if (reason !== said) log.warn({ cache, reason }, 'the cache refuses; it is asked again');
    said = reason;
  });
  const state: ExecutorState = { redis, arePlansThere: undefined, isCacheThere: undefined };
  watchCache(state, log.child({ cache }));
  const health = (): ExecutorHealth => ({
    plans: state.arePlansThere ? 'connected' : 'reconnecting',
    cache: state.isCacheThere ? 'connected' : 'reconnecting',
  });
  const metrics = createExecutorMetrics(clock, health);
  const http = await listenHttp({ host, port }, metrics, health);
  const report = reportsOf(options, metrics);
  const consumed = transport.consume({
    signal: abort.signal,
    handle: (text): Promise<Verdict> =>
      metrics.timePlan(() => handlePlan(text, { ...options, redis, signal: abort.signal, report })),
    onReady: () => {
      if (state.arePlansThere !== true) log.info({ plans: transport.name }, 'plans are awaited');
      state.arePlansThere = true;
    },
    onFailure: (failure) => {
      metrics.countFailure('plans');
      if (state.arePlansThere !== false) {
        log.warn({ reason: reasonOf(failure) }, 'plans are out of reach');
      }
      state.arePlansThere = false;
    },
  });
  return {
    port: http.port,
    close: async () => {
      abort.abort();
      await consumed;
      await Promise.all([transport.close(), leave(redis), http.close()]);
    },
  };
}

function watchCache(state: ExecutorState, log: Logger): void {
  const { redis } = state;
  redis.on('ready', () => {
    state.isCacheThere = true;
    warnOfForgetting(redis, log).catch(() => undefined);
  });
  redis.on('close', () => {
    if (state.isCacheThere !== false) log.warn('the cache is out of reach');
    state.isCacheThere = false;
  });
  reach(redis).catch(() => undefined);
}

/** A server that may evict any key may evict what says which plans were carried out. */
async function warnOfForgetting(redis: Redis, log: Logger): Promise<void> {
  const memory = await redis.info('memory');
  const policy = /^maxmemory_policy:(.*?)\r?$/m.exec(memory)?.[1];
  log.info({ policy }, 'the cache is reached');
  if (policy?.startsWith('allkeys-') === true) {
    log.warn(
      { policy },
      'this policy may evict the ids of plans that were carried out; volatile-* policies keep them',
    );
  }
}

function reportsOf({ clock, log }: ExecutorOptions, metrics: ExecutorMetrics): PlanReports {
  return {
    onReceipt: ({ id, window, created }, receipt) => {
      metrics.countPlan(receipt.outcome);
      const { outcome, evicted, prefetched } = receipt;
      if (outcome === 'carried-out') metrics.countReceipt(receipt, clock.nowMillis() - created);
      log.info({ plan: id, window, outcome, evicted, prefetched }, 'plan');
    },
    onExpired: ({ id, window }) => {
      metrics.countPlan('expired');
      log.info({ plan: id, window, outcome: 'expired' }, 'plan');
    },
    onPoison: (reason) => {
      metrics.countPlan('poison');
      log.warn({ outcome: 'poison', reason }, 'plan');
    },
    onFailure: (failure) => {
      metrics.countFailure('cache');
      log.debug({ reason: reasonOf(failure) }, 'a plan is tried again');
    },
  };
}

function reasonOf(failure: unknown): string {
  return failure instanceof Error ? failure.message : String(failure);
}
