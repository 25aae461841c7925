import type { OptionsOf, OptionTable } from '@wavetune/cli';
import { ENGINE_OPTION, faultOfEngine, faultOfLogOptions, LOG_OPTIONS } from '@wavetune/log-input';
import { DEFAULT_LIMITS, PLANNERS } from '@wavetune/policy-engine';
import { CATALOG_OPTIONS } from './catalog-options.ts';
import { faultOfModel, MODEL_OPTIONS } from './model-options.ts';
import { namesIn } from './number-list.ts';
import { faultOfPort } from './port-option.ts';
import { faultOfRules, RULE_OPTIONS } from './rule-options.ts';

const PLANNER_NAMES = PLANNERS.map(({ name }) => name);

/** The command line of `cache-policy replay`. */
export const REPLAY_OPTIONS = {
  trace: {
    type: 'string',
    array: true,
    demandOption: true,
    describe: 'Files or globs: item events (JSONL, CSV, tabs) or prefix traces; plain, .gz, .zst',
  },
  planner: {
    type: 'string',
    default: 'frequency',
    describe: `all (llm where --llm-url is given), or names: ${PLANNER_NAMES.join(', ')}`,
  },
  windows: {
    type: 'number',
    default: 20,
    describe: 'So many windows of equally many events; a plan is made after each',
  },
  every: { type: 'number', describe: 'Instead of --windows: after so many events' },
  trigger: {
    type: 'string',
    choices: ['events', 'adaptive'],
    default: 'events',
    describe: 'adaptive: when hits fall, pressure rises or popularity drifts by more than noise',
  },
  ...RULE_OPTIONS,
  redis: {
    type: 'string',
    array: true,
    default: ['spawn'],
    describe:
      'spawn starts two servers and stops them; or two empty databases, baseline and steered: redis://host:port/0 redis://host:port/1',
  },
  speed: {
    type: 'string',
    default: 'max',
    describe: "max: by the trace's clock; 1: live, by the wall clock; 10: ten times as fast",
  },
  'request-actions': {
    type: 'string',
    describe: 'Item events: the actions that ask the cache: click,view',
    defaultDescription: 'all',
  },
  'time-unit': {
    type: 'string',
    choices: ['s', 'ms', 'us', 'ns'],
    default: 'ms',
    describe: 'Item events: of times that are numbers',
  },
  'value-size': {
    type: 'string',
    default: '1KiB',
    describe: 'Of a value where the log has no size, and of a block of a prefix trace',
  },
  limit: { type: 'number', describe: 'Only the first so many events' },
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
  'plan-delay': {
    type: 'number',
    default: 0,
    describe: "Seconds of the trace from a window's end until its plan is carried out",
  },
  'measure-from': {
    type: 'number',
    default: 0.5,
    describe: 'Share of the requests that only warm caches and planners',
  },
  'load-dollars': {
    type: 'number',
    default: 0,
    describe: 'Price of a value fetched from behind the cache, for the cost of 1,000 requests',
  },
  catalog: CATALOG_OPTIONS.catalog,
  ...MODEL_OPTIONS,
  'metrics-port': { type: 'number', describe: 'Prometheus metrics while it runs; 0 a free port' },
  ...LOG_OPTIONS,
  format: {
    ...LOG_OPTIONS.format,
    choices: ['items', ...LOG_OPTIONS.format.choices],
    describe: 'How to read the logs; auto looks at the content; items: item events',
  },
  ...ENGINE_OPTION,
  out: { type: 'string', describe: 'Write cache-comparison/1 here (JSON)' },
  json: {
    type: 'boolean',
    default: false,
    describe: 'The document on standard output instead of tables',
  },
} as const satisfies OptionTable;

export type RawReplayOptions = OptionsOf<typeof REPLAY_OPTIONS>;

/** What is wrong with the values, or nothing. */
export function faultOfReplayOptions(raw: RawReplayOptions): string | undefined {
  const { windows, every, limit, redis, speed, planner } = raw;
  const counts = { windows, every, limit };
  for (const [name, value] of Object.entries(counts)) {
    if (value !== undefined && !(Number.isSafeInteger(value) && value >= 1)) {
      return `--${name} ${value}: accepted is a whole number from 1`;
    }
  }
  for (const name of ['most-evictions', 'most-prefetches'] as const) {
    if (!Number.isSafeInteger(raw[name]) || raw[name] < 0 || raw[name] > 1000) {
      return `--${name} ${raw[name]}: accepted is a whole number from 0 to 1000`;
    }
  }
  const unknown = planner === 'all' ? undefined : namesIn(planner).find(isUnknown);
  if (unknown !== undefined || planner.trim() === '') {
    return `--planner ${unknown ?? ''}: known are ${PLANNER_NAMES.join(', ')}, and all`;
  }
  if (redis.length !== 2 && redis.join() !== 'spawn') {
    return '--redis takes spawn or two addresses, the baseline first';
  }
  if (speed !== 'max' && !(Number(speed) > 0 && Number(speed) <= 1e6)) {
    return `--speed ${speed}: accepted is max, or how many times as fast as the trace`;
  }
  if (!(raw['measure-from'] >= 0 && raw['measure-from'] < 1)) {
    return `--measure-from ${raw['measure-from']}: accepted is a share from 0 to under 1`;
  }
  for (const name of ['plan-delay', 'load-dollars'] as const) {
    if (!(raw[name] >= 0)) return `--${name} ${raw[name]}: accepted is 0 or more`;
  }
  return (
    faultOfPort('metrics-port', raw['metrics-port']) ??
    faultOfRules(raw) ??
    faultOfModel(raw) ??
    faultOfEngine(raw.engine) ??
    faultOfLogOptions(raw)
  );
}

function isUnknown(name: string): boolean {
  return !PLANNER_NAMES.includes(name);
}
