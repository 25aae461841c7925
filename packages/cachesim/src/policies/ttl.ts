import { createExpiringLru } from './expiring-lru.ts';
import { numberOf, type PolicySpec } from './policy.ts';

/** LRU with a fixed time to live: a block leaves when it was not used for that long, or earlier for want of room. */
export const ttl: PolicySpec = {
  name: 'ttl',
  source: 'expiry after last use, as prompt caches sold by the token have it',
  parameters: [
    {
      kind: 'number',
      name: 'seconds',
      meaning: 'time to live after the last use (300, the usual offer)',
      initial: 300,
      least: 0,
      most: 1e9,
    },
  ],
  touch: 'last-to-first',
  create(setting) {
    const lifeMillis = numberOf(setting.parameters, 'seconds') * 1000;
    return createExpiringLru(setting, () => lifeMillis);
  },
};
