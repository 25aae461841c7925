import { setTimeout as sleep } from 'node:timers/promises';
import type { Rng } from '@wavetune/core';
import { expect } from 'vitest';
import { hitsOf, postJson, type ServiceProcess, startServiceProcess } from './prefix-service.ts';

/** What was sent in one life of the service: a batch holds one prefix, `events` times. */
interface Batch {
  readonly tenant: string;
  readonly batch_id: string;
  readonly events: number;
  isAcknowledged: boolean;
}

/** How a service is killed. */
export interface KillPlan {
  readonly store: string;
  readonly kills: number;
  /** A service lives at most so long under load. */
  readonly mostMillis: number;
  readonly rng: Rng;
}

/** What the kills met. */
export interface KillCount {
  readonly acknowledged: number;
  readonly unanswered: number;
  /** Batches without an answer that were durable all the same. */
  readonly kept: number;
}

const SENDERS = 6;
const SNAPSHOT_EVERY = 40;
/** A start takes about so long; it is killed as well. */
const START_MILLIS = 900;

/**
 * Kills a service under load again and again, and now and then while it starts. After each restart every acknowledged batch
 * is there exactly once; one without an answer is there once or not at all, and once when it has been sent again.
 */
export async function killRepeatedly(plan: KillPlan): Promise<KillCount> {
  const all: Batch[] = [];
  let last: readonly Batch[] = [];
  let kept = 0;
  for (let life = 0; life <= plan.kills; life++) {
    if (plan.rng.nextBelow(8) === 0) await killAtStart(plan);
    const service = start(plan);
    const url = await service.ready;
    kept += await settle(url, last);
    if (life === plan.kills) await checkAll(url, all);
    else last = await loadUntilKilled(service, url, { ...plan, tenant: `life-${life}` });
    all.push(...last);
    service.kill('SIGKILL');
    await service.ended;
  }
  const acknowledged = all.filter(({ isAcknowledged }) => isAcknowledged).length;
  return { acknowledged, unanswered: all.length - acknowledged, kept };
}

function start({ store }: KillPlan): ServiceProcess {
  return startServiceProcess(['--store', store, '--log-level', 'error']);
}

async function killAtStart(plan: KillPlan): Promise<void> {
  const service = start(plan);
  await sleep(plan.rng.nextBelow(START_MILLIS));
  service.kill('SIGKILL');
  await service.ended;
}

/** Sends batches side by side, each with a prefix of its own, and snapshots between them, until the kill. */
async function loadUntilKilled(
  service: ServiceProcess,
  url: string,
  { mostMillis, rng, tenant }: KillPlan & { readonly tenant: string },
): Promise<readonly Batch[]> {
  const batches: Batch[] = [];
  let isKilled = false;
  const send = async (): Promise<void> => {
    while (!isKilled) {
      const batch: Batch = {
        tenant,
        batch_id: `${tenant}-${batches.length}`,
        events: 1 + rng.nextBelow(20),
        isAcknowledged: false,
      };
      batches.push(batch);
      batch.isAcknowledged = (await deliver(url, batch)) === 'applied';
      if (batches.length % SNAPSHOT_EVERY === 0) await postJson(`${url}/snapshot`, {});
    }
  };
  const senders = Array.from({ length: SENDERS }, send);
  await sleep(rng.nextBelow(mostMillis));
  service.kill('SIGKILL');
  isKilled = true;
  await Promise.all(senders);
  return batches;
}

/** Undefined where no answer came: the service may have taken it, or not. */
async function deliver(url: string, { tenant, batch_id, events }: Batch) {
  const event = { prefix_id: batch_id, tenant, model_id: 'm', bytes: 1 };
  const answer = await postJson(`${url}/ingest`, {
    batch_id,
    events: Array.from({ length: events }, (_, i) => ({ ...event, timestamp_ms: 1000 * i })),
  });
  if (answer === undefined) return undefined;
  expect(answer.status, JSON.stringify(answer.body)).toBe(202);
  return (answer.body as { readonly outcome: string }).outcome;
}

/** Checks the batches of the last life, sends again what had no answer, and checks once more. @returns How many of those were kept. */
async function settle(url: string, last: readonly Batch[]): Promise<number> {
  if (last.length === 0) return 0;
  const hits = await hitsOf(url, last[0].tenant);
  let kept = 0;
  for (const { batch_id, events, isAcknowledged } of last) {
    const found = hits[batch_id] ?? 0;
    if (isAcknowledged) expect(found, batch_id).toBe(events);
    else expect([0, events], batch_id).toContain(found);
    if (!isAcknowledged && found > 0) kept++;
  }
  for (const batch of last) {
    if (batch.isAcknowledged) continue;
    const outcome = await deliver(url, batch);
    expect(outcome, batch.batch_id).toBe(hits[batch.batch_id] === undefined ? 'applied' : 'known');
  }
  return kept;
}

async function checkAll(url: string, all: readonly Batch[]): Promise<void> {
  for (const [tenant, batches] of Map.groupBy(all, ({ tenant }) => tenant)) {
    const expected = batches.map(({ batch_id, events }) => [batch_id, events]);
    expect(await hitsOf(url, tenant)).toEqual(Object.fromEntries(expected));
  }
}
