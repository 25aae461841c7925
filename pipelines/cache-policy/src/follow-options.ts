import type { OptionsOf, OptionTable } from '@wavetune/cli';
import { PLANNERS } from '@wavetune/policy-engine';
import { CATALOG_OPTIONS } from './catalog-options.ts';
import { faultOfModel, MODEL_OPTIONS } from './model-options.ts';
import { faultOfPort } from './port-option.ts';
import { faultOfRules, RULE_OPTIONS } from './rule-options.ts';
import { TRANSPORT_OPTIONS } from './transport-options.ts';

/** Live traffic has no future to know. */
const PLANNER_NAMES = PLANNERS.filter(({ needs }) => needs !== 'future').map(({ name }) => name);

/** The command line of `cache-policy follow`. */
export const FOLLOW_OPTIONS = {
  events: {
    type: 'string',
    demandOption: true,
    describe:
      'Live events: redis-stream://host:port/db/stream, a file of JSON lines that grows, or - for standard input',
  },
  ...TRANSPORT_OPTIONS,
  'from-start': {
    type: 'boolean',
    default: false,
    describe: 'With the events that are there already, not only those that come',
  },
  redis: {
    type: 'string',
    array: true,
    default: ['spawn'],
    describe:
      'spawn starts two servers and stops them; or two empty databases on two servers, baseline and steered',
  },
  planner: { type: 'string', default: 'frequency', choices: PLANNER_NAMES, describe: 'Who plans' },
  trigger: {
    type: 'string',
    choices: ['events', 'adaptive'],
    default: 'events',
    describe: 'adaptive: when hits fall, pressure rises or popularity drifts by more than noise',
  },
  every: { type: 'number', default: 1000, describe: 'A plan after so many events' },
  ...RULE_OPTIONS,
  'request-actions': {
    type: 'string',
    describe: 'The actions that ask the cache: click,view',
    defaultDescription: 'all',
  },
  'value-size': {
    type: 'string',
    default: '1KiB',
    describe: 'Of a value where an event has no size',
  },
  ...CATALOG_OPTIONS,
  ...MODEL_OPTIONS,
  'metrics-port': { type: 'number', describe: 'Prometheus metrics while it runs; 0 a free port' },
} as const satisfies OptionTable;

export type RawFollowOptions = OptionsOf<typeof FOLLOW_OPTIONS>;

/** What is wrong with the values, or nothing. */
export function faultOfFollowOptions(raw: RawFollowOptions): string | undefined {
  const { every, redis } = raw;
  if (!Number.isSafeInteger(every) || every < 1) {
    return `--every ${every}: accepted is a whole number from 1`;
  }
  if (redis.length !== 2 && redis.join() !== 'spawn') {
    return '--redis takes spawn or two addresses, the baseline first';
  }
  return faultOfPort('metrics-port', raw['metrics-port']) ?? faultOfRules(raw) ?? faultOfModel(raw);
}
