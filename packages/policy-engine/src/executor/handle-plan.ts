import { type Clock, isWavetuneError } from '@wavetune/core';
import { type CachePlan, decodeCachePlan } from '@wavetune/documents';
import type { Redis } from 'ioredis';
import { type BackOff, createBackOff } from '../transport/back-off.ts';
import type { Verdict } from '../transport/plan-transport.ts';
import { carryOut, type PlanReceipt } from './carry-out.ts';
import type { PlanLimits } from './plan-limits.ts';
import type { ValueSource } from './value-source.ts';

/** What a plan is carried out with. */
export interface PlanHandling {
  readonly redis: Redis;
  readonly values: ValueSource;
  readonly limits: PlanLimits;
  /** That of `created` and `expires`. */
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly report: PlanReports;
}

/** Called once for each delivery that is over, and for each attempt that failed. */
export interface PlanReports {
  readonly onReceipt: (plan: CachePlan, receipt: PlanReceipt) => void;
  readonly onExpired: (plan: CachePlan) => void;
  readonly onPoison: (reason: string) => void;
  /** The cache or the source of values failed; it is tried again. */
  readonly onFailure: (failure: unknown) => void;
}

/** A plan is parsed whole; chosen: a thousand keys of either kind take some 100 KiB, and guesses at values are not needed. */
const MOST_CHARACTERS = 4 * 2 ** 20;
/** Chosen: by then the context that a plan was made from says nothing any more. */
const LONGEST_LIFE_MILLIS = 86_400_000;
/** Between the clocks of planners and executors. */
const CLOCK_SKEW_MILLIS = 300_000;

/**
 * What becomes of one delivery. Tries until the plan is carried out or has expired.
 *
 * @throws What the last attempt did, once `signal` is aborted.
 */
export async function handlePlan(text: string, handling: PlanHandling): Promise<Verdict> {
  const { clock, report } = handling;
  const plan = parse(text, clock.nowMillis());
  if (typeof plan === 'string') {
    report.onPoison(plan);
    return { kind: 'poison', reason: plan };
  }
  const expiresMillis = Math.min(plan.expires, plan.created + LONGEST_LIFE_MILLIS);
  const backOff = createBackOff(Math.random);
  while (clock.nowMillis() < expiresMillis) {
    const receipt = await attempt(plan, expiresMillis, backOff, handling);
    if (receipt === undefined) continue;
    report.onReceipt(plan, receipt);
    return { kind: 'done' };
  }
  report.onExpired(plan);
  return { kind: 'done' };
}

/** The plan, or why there is none that any executor could carry out. */
function parse(text: string, nowMillis: number): CachePlan | string {
  if (text.length > MOST_CHARACTERS) {
    return `a plan of ${text.length} characters; at most ${MOST_CHARACTERS} are read`;
  }
  let plan: CachePlan;
  try {
    plan = decodeCachePlan(text);
  } catch (failure) {
    if (isWavetuneError(failure)) return failure.message;
    throw failure;
  }
  const aheadMillis = plan.created - nowMillis;
  return aheadMillis <= CLOCK_SKEW_MILLIS
    ? plan
    : `made ${aheadMillis} ms after the executor's time; at most ${CLOCK_SKEW_MILLIS} ms are put down to clocks`;
}

async function attempt(
  plan: CachePlan,
  expiresMillis: number,
  backOff: BackOff,
  { redis, values, limits, clock, signal, report }: PlanHandling,
): Promise<PlanReceipt | undefined> {
  try {
    const nowMillis = clock.nowMillis();
    const forgetMillis = expiresMillis + CLOCK_SKEW_MILLIS;
    return await carryOut(plan, { redis, values, limits, nowMillis, forgetMillis });
  } catch (failure) {
    report.onFailure(failure);
    if (signal.aborted) throw failure;
    await backOff.pause(signal);
    return undefined;
  }
}
