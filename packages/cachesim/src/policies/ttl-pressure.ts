import { createExpiringLru } from './expiring-lru.ts';
import { numberOf, type PolicySpec } from './policy.ts';

const life = (name: string, meaning: string, initial: number) =>
  ({ kind: 'number', name, meaning, initial, least: 0, most: 1e9 }) as const;

/**
 * LRU with a time to live that shrinks as the cache fills: long below 50 % in use, medium to 80 %, short above.
 *
 * The fill is looked at again after every block that expires.
 */
export const ttlPressure: PolicySpec = {
  name: 'ttl-pressure',
  source: 'the 1800/900/300 s rule of the original cache planner',
  parameters: [
    life('longSeconds', 'time to live below 50 % in use', 1800),
    life('mediumSeconds', 'time to live from 50 % to 80 % in use', 900),
    life('shortSeconds', 'time to live above 80 % in use', 300),
  ],
  touch: 'last-to-first',
  create(setting) {
    const long = numberOf(setting.parameters, 'longSeconds') * 1000;
    const medium = numberOf(setting.parameters, 'mediumSeconds') * 1000;
    const short = numberOf(setting.parameters, 'shortSeconds') * 1000;
    return createExpiringLru(setting, (fill) => {
      if (fill < 0.5) return long;
      return fill <= 0.8 ? medium : short;
    });
  },
};
