import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Rng } from '@wavetune/core';
import { Redis } from 'ioredis';
import { expect } from 'vitest';
import type { PlanTransport } from '../../src/index.ts';
import { planOf, textOf } from './plans.ts';
import { until } from './until.ts';

/** Something that is killed and comes back over the same files. */
export interface Victim {
  readonly name: string;
  readonly kills: number;
  readonly kill: () => Promise<unknown>;
  readonly start: () => Promise<unknown>;
}

const SCRIPT = fileURLToPath(new URL('execute-until-killed.ts', import.meta.url));

/** An executor in a process of its own. */
export async function spawnExecutor(words: readonly string[]) {
  let child: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    const started = spawn(process.execPath, [SCRIPT, ...words], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    child = started;
    for await (const line of createInterface(started.stdout)) if (line === 'open') return;
  };
  const kill = async (): Promise<void> => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  await start();
  return { start, kill };
}

/** Plan `n` loads a key of its own and evicts that of a few plans before. */
export interface Planning {
  /** Plans whose sending was acknowledged. */
  readonly sent: () => number;
  /** Resolves when the last one is. */
  readonly stop: () => Promise<void>;
}

const EVICTED_LATER = 5;

/** Sends plan after plan, each until it is acknowledged. */
export function planUntilStopped(plans: PlanTransport, pauseMillis: number): Planning {
  let sent = 0;
  let isStopped = false;
  const planning = async (): Promise<void> => {
    while (!isStopped) {
      const plan = planOf({
        id: `plan-${sent}`,
        window: sent,
        expires: Date.now() + 600_000,
        evict: [`item:plan-${sent - EVICTED_LATER}`],
        prefetch: [{ k: `item:plan-${sent}`, ttl: 3600 }],
      });
      while (
        !(await plans.publish(textOf(plan)).then(
          () => true,
          () => false,
        ))
      )
        await sleep(20);
      sent++;
      await sleep(pauseMillis * Math.random());
    }
  };
  const ended = planning();
  return {
    sent: () => sent,
    stop: async () => {
      isStopped = true;
      await ended;
    },
  };
}

/** What users of a cache that nothing steers noticed. */
export interface Traffic {
  readonly requests: () => number;
  readonly stop: () => Promise<{ readonly longestMillis: number }>;
}

/** Requests one after the other; one that fails ends the test. */
export function serveUntilStopped(url: string): Traffic {
  const redis = new Redis(url);
  let isStopped = false;
  let requests = 0;
  const serving = async () => {
    let longestMillis = 0;
    while (!isStopped) {
      const key = `item:${requests % 100}`;
      const startMillis = performance.now();
      if ((await redis.get(key)) === null) await redis.set(key, 'x', 'EX', 60);
      longestMillis = Math.max(longestMillis, performance.now() - startMillis);
      requests++;
      await sleep(1);
    }
    return { longestMillis };
  };
  const ended = serving();
  return {
    requests: () => requests,
    stop: async () => {
      isStopped = true;
      const noticed = await ended;
      redis.disconnect();
      return noticed;
    },
  };
}

/** Kills the victims in random order at random moments, each as often as it says. */
export async function killAll(victims: readonly Victim[], rng: Rng): Promise<void> {
  const order = victims.flatMap((victim) => Array.from({ length: victim.kills }, () => victim));
  for (let i = order.length - 1; i > 0; i--) {
    const j = rng.nextBelow(i + 1);
    [order[i], order[j]] = [order[j], order[i]];
  }
  for (const victim of order) {
    await sleep(rng.nextBelow(400));
    await victim.kill();
    await sleep(rng.nextBelow(100));
    await victim.start();
  }
}

/** Every plan that was sent was carried out once, and the cache holds what they come to in their order. */
export async function checkCarriedOut(redis: Redis, sent: number): Promise<void> {
  const outcomes = async () => await redis.xrange('cache-policy:outcomes', '-', '+');
  await until(async () => (await outcomes()).length >= sent, `${sent} outcomes`, 60_000);
  await sleep(1500);
  const counts = new Map<string, number>();
  const expected = new Set<string>();
  for (const [, [, id, , , , evicted, , prefetched]] of await outcomes()) {
    counts.set(id, (counts.get(id) ?? 0) + 1);
    for (const key of evicted.split('\n')) expected.delete(key);
    for (const key of prefetched.split('\n')) expected.add(key);
  }
  const ids = Array.from({ length: sent }, (_, n) => `plan-${n}`);
  expect(ids.filter((id) => !counts.has(id))).toEqual([]);
  expect([...counts].filter(([, count]) => count !== 1)).toEqual([]);
  expect(counts.size).toBe(sent);
  expect((await redis.keys('item:*')).sort()).toEqual([...expected].sort());
}
