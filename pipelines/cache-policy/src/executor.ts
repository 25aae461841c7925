import { once } from 'node:events';
import { defineCommand, type OptionsOf, type OptionTable, type Session } from '@wavetune/cli';
import { systemClock } from '@wavetune/core';
import {
  catalogValues,
  createExecutorLog,
  DEFAULT_LIMITS,
  type Executor,
  type PlanLimits,
  parseNamespace,
  startExecutor,
} from '@wavetune/policy-engine';
import { CATALOG_OPTIONS, openCatalog } from './catalog-options.ts';
import { faultOfPort } from './port-option.ts';
import { CONSUMER_OPTIONS, openPlans, TRANSPORT_OPTIONS } from './transport-options.ts';

const EXECUTOR_OPTIONS = {
  redis: {
    type: 'string',
    demandOption: true,
    describe: 'The steered cache: redis://user:password@host:port/db',
  },
  ...TRANSPORT_OPTIONS,
  ...CATALOG_OPTIONS,
  namespace: {
    type: 'string',
    default: `${DEFAULT_LIMITS.namespace}*`,
    describe: 'What every key begins with that a plan may touch',
  },
  'most-evictions': {
    type: 'number',
    default: DEFAULT_LIMITS.mostEvictions,
    describe: 'Keys that one plan may evict',
  },
  'most-prefetches': {
    type: 'number',
    default: DEFAULT_LIMITS.mostPrefetches,
    describe: 'Keys that one plan may load',
  },
  'least-ttl': {
    type: 'number',
    default: DEFAULT_LIMITS.leastTtlSeconds,
    describe: 'Seconds that a loaded key lives at least',
  },
  'most-ttl': {
    type: 'number',
    default: DEFAULT_LIMITS.mostTtlSeconds,
    describe: 'Seconds that a loaded key lives at most',
  },
  ...CONSUMER_OPTIONS,
  host: { type: 'string', default: '127.0.0.1', describe: 'Address of /metrics and /healthz' },
  port: { type: 'number', default: 9464, describe: 'Their port; 0 takes a free one' },
  'log-level': {
    type: 'string',
    choices: ['debug', 'info', 'warn', 'error', 'silent'],
    default: 'info',
    describe: 'Of the log on standard error',
  },
} as const satisfies OptionTable;

type Options = OptionsOf<typeof EXECUTOR_OPTIONS>;

/** Carries out plans until it is told to stop. */
export const executor = defineCommand({
  name: 'executor',
  summary:
    'Carries out the plans of planners on a Redis cache, within caps and one namespace, each plan once, until SIGTERM.',
  options: EXECUTOR_OPTIONS,
  examples: [
    [
      '$0 --redis redis://127.0.0.1:6379/1 --plans redis-stream://127.0.0.1:6379/2/cache-plan --catalog items.parquet',
      'plans by a Redis stream, values of a catalog',
    ],
    [
      '$0 --redis redis://127.0.0.1:6379/1 --plans kafka://127.0.0.1:9092/cache-plan',
      'plans by a Kafka topic',
    ],
  ],
  check: faultOf,
  run: async (options, session) => {
    const running = await start(options, session);
    try {
      session.print(`listening  http://${urlHost(options.host)}:${running.port}`);
      await stopOf(session);
      session.note('stopping: the plan under way is finished first');
    } finally {
      await running.close();
    }
  },
});

function faultOf(options: Options): string | undefined {
  for (const name of ['most-evictions', 'most-prefetches'] as const) {
    if (!Number.isSafeInteger(options[name]) || options[name] < 0 || options[name] > 1000) {
      return `--${name} takes a whole number from 0 to 1000`;
    }
  }
  const { 'least-ttl': least, 'most-ttl': most } = options;
  if (!Number.isSafeInteger(least) || !Number.isSafeInteger(most) || least < 1 || most < least) {
    return '--least-ttl and --most-ttl take whole seconds from 1, the least before the most';
  }
  if (!(options['take-over'] >= 1 && options['take-over'] <= 86_400)) {
    return '--take-over takes 1 to 86400 seconds';
  }
  return faultOfPort('port', options.port);
}

async function start(options: Options, session: Session): Promise<Executor> {
  const limits = limitsOf(options);
  const catalog = await openCatalog(options, session);
  if (options.catalog === undefined) session.note('no --catalog: plans can evict, not load');
  return startExecutor({
    redisUrl: options.redis,
    transport: await openPlans(options, options),
    values: catalogValues(catalog, limits.namespace),
    limits,
    host: options.host,
    port: options.port,
    clock: systemClock,
    log: createExecutorLog(options['log-level'], process.stderr),
  });
}

function limitsOf(options: Options): PlanLimits {
  return {
    namespace: parseNamespace(options.namespace),
    mostEvictions: options['most-evictions'],
    mostPrefetches: options['most-prefetches'],
    leastTtlSeconds: options['least-ttl'],
    mostTtlSeconds: options['most-ttl'],
  };
}

async function stopOf({ signal }: Session): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
}

function urlHost(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
