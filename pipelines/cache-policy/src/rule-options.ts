import type { OptionsOf, OptionTable } from '@wavetune/cli';
import { sizeOption } from '@wavetune/log-input';
import { type CacheRules, TTL_RULE } from '@wavetune/policy-engine';
import { numbersIn } from './number-list.ts';

/** What both caches keep to. */
export const RULE_OPTIONS = {
  memory: { type: 'string', default: '64MiB', describe: 'Of each cache' },
  eviction: {
    type: 'string',
    choices: ['ttl', 'lru'],
    default: 'ttl',
    describe:
      'What leaves where memory is full: what expires first, or what was unused for longest',
  },
  'ttl-seconds': {
    type: 'string',
    default: `${TTL_RULE.relaxedSeconds},${TTL_RULE.middleSeconds},${TTL_RULE.tightSeconds}`,
    describe: 'Of what a miss loads: with room, in between, under pressure',
  },
  'ttl-pressure': {
    type: 'string',
    default: `${TTL_RULE.relaxedBelow},${TTL_RULE.tightAbove}`,
    describe: 'Shares of the memory below which there is room and above which there is pressure',
  },
} as const satisfies OptionTable;

type RawRuleOptions = OptionsOf<typeof RULE_OPTIONS>;

export function rulesOf(raw: RawRuleOptions): CacheRules {
  const [relaxedSeconds, middleSeconds, tightSeconds] = numbersIn(raw['ttl-seconds'], 3) ?? [];
  const [relaxedBelow, tightAbove] = numbersIn(raw['ttl-pressure'], 2) ?? [];
  return {
    limitBytes: sizeOption('memory', raw.memory),
    eviction: raw.eviction === 'lru' ? 'lru' : 'ttl',
    ttl: { relaxedBelow, tightAbove, relaxedSeconds, middleSeconds, tightSeconds },
  };
}

/** Redis holds no larger value. */
const MOST_VALUE_BYTES = 2 ** 29;

/**
 * What is wrong with the values, or nothing.
 *
 * @throws WavetuneError `usage.bad-size`.
 */
export function faultOfRules(
  raw: RawRuleOptions & { readonly 'value-size': string },
): string | undefined {
  if (sizeOption('memory', raw.memory) < 1)
    return `--memory ${raw.memory}: accepted is a byte or more`;
  if (sizeOption('value-size', raw['value-size']) > MOST_VALUE_BYTES) {
    return `--value-size ${raw['value-size']}: accepted is 512MiB at most`;
  }
  const seconds = numbersIn(raw['ttl-seconds'], 3);
  if (seconds === undefined || seconds.includes(0)) {
    return `--ttl-seconds ${raw['ttl-seconds']}: accepted are three numbers above 0`;
  }
  const shares = numbersIn(raw['ttl-pressure'], 2);
  return shares === undefined || shares[0] > shares[1] || shares[1] > 1
    ? `--ttl-pressure ${raw['ttl-pressure']}: accepted are two ascending shares up to 1`
    : undefined;
}
