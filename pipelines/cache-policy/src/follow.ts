import { defineCommand, type Session } from '@wavetune/cli';
import { formatCount, systemClock } from '@wavetune/core';
import { sizeOption } from '@wavetune/log-input';
import {
  AGGREGATOR_DEFAULTS,
  adaptiveTrigger,
  createAggregator,
  createPlanner,
  createRemoteSteering,
  everyEvents,
  type Followed,
  followEvents,
  followOutcomes,
  type LiveCaches,
  liveEvents,
  openCaches,
  PLANNER_DEFAULTS,
  type PlanTransport,
  type RemoteSteering,
  redisName,
  type WindowRecord,
} from '@wavetune/policy-engine';
import { openCatalog } from './catalog-options.ts';
import { FOLLOW_OPTIONS, faultOfFollowOptions, type RawFollowOptions } from './follow-options.ts';
import { modelOf, plannerTimeoutMillis } from './model-options.ts';
import { namesIn } from './number-list.ts';
import { withServers } from './redis-servers.ts';
import { serveMetrics } from './replay-metrics.ts';
import { rulesOf } from './rule-options.ts';
import { openPlans } from './transport-options.ts';

/** Live traffic on two caches, and a planner that steers one of them through an executor. */
export const follow = defineCommand({
  name: 'follow',
  summary:
    'Serves live events from two Redis caches, asks a planner when a window of traffic ends, and sends its plans to executors.',
  options: FOLLOW_OPTIONS,
  examples: [
    [
      '$0 --events redis-stream://127.0.0.1:6379/3/events --plans redis-stream://127.0.0.1:6379/2/cache-plan --redis redis://127.0.0.1:6380 redis://127.0.0.1:6381',
      'an executor carries the plans out on the second one',
    ],
    [
      'tail -F events.jsonl | $0 --events - --plans kafka://127.0.0.1:9092/cache-plan --trigger adaptive --planner markov',
      'events from a pipe, plans by Kafka',
    ],
  ],
  check: faultOfFollowOptions,
  run: async (raw, session) => {
    const transport = await openPlans(raw);
    try {
      await withServers(raw.redis, async ([baselineUrl, steeredUrl]) => {
        const caches = await openCaches({ baselineUrl, steeredUrl, speed: 1, ...rulesOf(raw) });
        try {
          session.print(`steered    ${redisName(steeredUrl)}`);
          session.print(summaryOf(await run(raw, session, { caches, steeredUrl, transport })));
        } finally {
          await caches.close();
        }
      });
    } finally {
      await transport.close();
    }
  },
});

interface Parts {
  readonly caches: LiveCaches;
  readonly steeredUrl: string;
  readonly transport: PlanTransport;
}

async function run(raw: RawFollowOptions, session: Session, parts: Parts): Promise<Followed> {
  const { caches, steeredUrl, transport } = parts;
  const catalog = await openCatalog(raw, session);
  const aggregator = createAggregator({
    ...{ ...AGGREGATOR_DEFAULTS, catalog },
    tokenBudget: raw['context-tokens'],
  });
  const model = modelOf(raw);
  const planner = createPlanner(raw.planner, { ...PLANNER_DEFAULTS, ...(model && { model }) });
  const onFailure = noteOnce(session);
  const outcomes = await followOutcomes(steeredUrl);
  const metrics = await serveMetrics(raw['metrics-port'], session);
  const steering: RemoteSteering = createRemoteSteering({
    ...{ planner, aggregator, transport, outcomes, onFailure },
    timeoutMillis: plannerTimeoutMillis(raw),
    clock: systemClock,
    signal: session.signal,
  });
  try {
    return await followEvents({
      events: liveEvents({
        place: raw.events,
        fromStart: raw['from-start'],
        input: process.stdin,
        onFailure,
        signal: session.signal,
      }),
      parsing: {
        requestActions: namesIn(raw['request-actions'] ?? ''),
        valueBytes: sizeOption('value-size', raw['value-size']),
        clock: systemClock,
      },
      ...{ caches, aggregator, steering },
      trigger: raw.trigger === 'adaptive' ? adaptiveTrigger() : everyEvents(raw.every),
      onWindow: (window) => {
        session.print(lineOf(window));
        metrics.observeWindow(raw.planner, window);
      },
      onBadEvent: onFailure,
    });
  } finally {
    await metrics.close();
    await outcomes.close();
  }
}

/** The same fault again and again is said once. */
function noteOnce(session: Session): (failure: unknown) => void {
  let said = '';
  return (failure) => {
    const text = failure instanceof Error ? failure.message : String(failure);
    if (text !== said) session.note(`note       ${text}`);
    said = text;
  };
}

function lineOf({ window, range, baseline, steered, plan }: WindowRecord): string {
  const share = ({ hits, requests }: WindowRecord['baseline']['counts']): string =>
    requests === 0 ? 'nothing asked' : `${((100 * hits) / requests).toFixed(1)} %`;
  const hits = `hits: baseline ${share(baseline.counts)}, steered ${share(steered.counts)}`;
  const why =
    plan === undefined
      ? ''
      : `  ${plan.reason}${plan.outcome === 'busy' ? ', the planner is busy' : ''}`;
  return `window ${window}  ${formatCount(range.end - range.begin)} events  ${hits}${why}`;
}

function summaryOf({ events, badEvents, windows }: Followed): string {
  const bad = badEvents === 0 ? '' : `, ${formatCount(badEvents)} that were none`;
  return `followed   ${formatCount(events)} events${bad}, ${formatCount(windows)} windows`;
}
