import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '@wavetune/core';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { IngestReceipt } from '../live/live-index.ts';
import type { ServedIndex, ServedStats } from './served-index.ts';

/** What the service counts of itself. No label names a tenant, a prefix or a caller. */
export interface ServiceMetrics {
  /** @returns Called when the batch is durable. */
  readonly beginIngest: () => (receipt: IngestReceipt) => void;
  /** @returns Called when there is an answer. */
  readonly beginSuggest: () => () => void;
  /** An answer was given that is older than a change. */
  readonly countStale: () => void;
  readonly countRequest: (transport: 'http' | 'grpc', call: string, status: number) => void;
  /** In Prometheus' text format. */
  readonly render: () => Promise<string>;
  readonly contentType: string;
}

export interface MetricSources {
  readonly clock: Clock;
  /** Undefined until the index is read. */
  readonly served: () => ServedIndex | undefined;
  readonly pendingBytes: () => number;
  /** 0 where the store is no file. */
  readonly storeBytes: () => Promise<number>;
}

const PREFIX = 'prefix_index_';
const SUGGEST_SECONDS = [
  0.00005, 0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.003, 0.005, 0.01, 0.02, 0.05, 0.1, 1,
];
const INGEST_SECONDS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5];

type Reading = (stats: ServedStats, nowMillis: number) => number;

const GAUGES: readonly (readonly [name: string, help: string, read: Reading])[] = [
  ['prefixes', 'Entries of the index', ({ prefixes }) => prefixes],
  ['tenants', 'Tenants of the index', ({ tenants }) => tenants],
  ['known_batches', 'Batches that would be recognised', ({ batches }) => batches],
  [
    'queue_bytes',
    'Batches that wait to become durable, or for the index',
    ({ queuedBytes }) => queuedBytes,
  ],
  ['log_bytes', 'What a restart would read again', ({ logBytes }) => logBytes],
  [
    'newest_event_lag_seconds',
    'Time since the newest event',
    ({ newestMillis }, nowMillis) => Math.max(0, nowMillis - newestMillis) / 1000,
  ],
  [
    'last_snapshot_timestamp_seconds',
    'When the store was last written; 0 for not yet',
    ({ lastSnapshotMillis = 0 }) => lastSnapshotMillis / 1000,
  ],
];

const COUNTERS: readonly (readonly [
  name: string,
  help: string,
  read: (stats: ServedStats) => number,
])[] = [
  ['events_total', 'Events taken', ({ ingestedEvents }) => ingestedEvents],
  ['refused_events_total', 'Events too far in the future', ({ refusedEvents }) => refusedEvents],
  ['feedback_total', 'What planners did with hints', ({ feedbacks }) => feedbacks],
  ['snapshots_total', 'Times the store was written', ({ snapshots }) => snapshots],
  ['snapshot_failures_total', 'Times it could not be', ({ snapshotFailures }) => snapshotFailures],
];

export function createServiceMetrics(sources: MetricSources): ServiceMetrics {
  const registry = new Registry();
  const registers = [registry];
  const { clock, served } = sources;
  /** Of the index, as it is rendered. */
  let stats: ServedStats | undefined;
  collectDefaultMetrics({ register: registry });
  addGauges(registry, sources, () => stats);
  addCounters(registry, () => stats);
  const requests = new Counter({
    name: `${PREFIX}requests_total`,
    help: 'Requests by call and status',
    labelNames: ['transport', 'call', 'status'],
    registers,
  });
  const batches = new Counter({
    name: `${PREFIX}batches_total`,
    help: 'Batches of events by outcome: applied, known, expired',
    labelNames: ['outcome'],
    registers,
  });
  const suggest = new Histogram({
    name: `${PREFIX}suggest_seconds`,
    help: 'Time to answer one question',
    buckets: SUGGEST_SECONDS,
    registers,
  });
  const ingest = new Histogram({
    name: `${PREFIX}ingest_seconds`,
    help: 'Time from the body of a batch to its acknowledgement: it is durable then',
    buckets: INGEST_SECONDS,
    registers,
  });
  const stale = new Counter({
    name: `${PREFIX}stale_answers_total`,
    help: 'Answers that were older than the last change, because making answers took too much of the time',
    registers,
  });
  const secondsSince = (startMillis: number): number =>
    (clock.monotonicMillis() - startMillis) / 1000;
  return {
    contentType: registry.contentType,
    render: async () => {
      stats = await Promise.race([served()?.stats(), late(stats)]);
      return registry.metrics();
    },
    countStale: () => stale.inc(),
    countRequest: (transport, call, status) => requests.inc({ transport, call, status }),
    beginIngest: () => {
      const startMillis = clock.monotonicMillis();
      return ({ outcome }) => {
        batches.inc({ outcome });
        ingest.observe(secondsSince(startMillis));
      };
    },
    beginSuggest: () => {
      const startMillis = clock.monotonicMillis();
      return () => suggest.observe(secondsSince(startMillis));
    },
  };
}

/** Past it, figures of the index are those of the last time: what the service knows of itself must not wait for it. */
const MOST_WAIT_MILLIS = 2000;

function late<Value>(value: Value): Promise<Value> {
  return pause(MOST_WAIT_MILLIS, value, { ref: false });
}

const SCORE_RANKS = [1, 10, 100];

function addGauges(
  registry: Registry,
  { clock, pendingBytes, storeBytes }: MetricSources,
  statsNow: () => ServedStats | undefined,
): void {
  const registers = [registry];
  for (const [name, help, read] of GAUGES) {
    new Gauge({
      name: `${PREFIX}${name}`,
      help,
      registers,
      collect() {
        const stats = statsNow();
        if (stats !== undefined) this.set(read(stats, clock.nowMillis()));
      },
    });
  }
  new Gauge({
    name: `${PREFIX}pending_request_bytes`,
    help: 'Bodies of requests that have no answer yet',
    registers,
    collect() {
      this.set(pendingBytes());
    },
  });
  new Gauge({
    name: `${PREFIX}store_bytes`,
    help: 'Size of the store where it is a file',
    registers,
    async collect() {
      this.set(await storeBytes());
    },
  });
  new Gauge({
    name: `${PREFIX}score`,
    help: 'Score as of the newest event, by rank',
    labelNames: ['rank'],
    registers,
    collect() {
      const scores = statsNow()?.scores ?? [];
      for (const rank of SCORE_RANKS) this.set({ rank }, scores[rank - 1] ?? 0);
    },
  });
}

/** Sums since the start, which the index keeps. */
function addCounters(registry: Registry, statsNow: () => ServedStats | undefined): void {
  for (const [name, help, read] of COUNTERS) {
    new Counter({
      name: `${PREFIX}${name}`,
      help,
      registers: [registry],
      collect() {
        const stats = statsNow();
        this.reset();
        if (stats !== undefined) this.inc(read(stats));
      },
    });
  }
}
