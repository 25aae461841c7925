import { KNOWN_POLICIES } from '@wavetune/cachesim';
import { ENGINE_EXPORTERS } from '@wavetune/documents';
import { describe, expect, it } from 'vitest';
import { labelOf, parsePolicies } from '../src/policy-list.ts';

describe('parsePolicies', () => {
  it('reads names with their parameters', () => {
    expect(parsePolicies('lru, s3-fifo:smallRatio=0.2:form=v0', false)).toEqual([
      { policy: 'lru', parameters: {} },
      { policy: 's3-fifo', parameters: { smallRatio: 0.2, form: 'v0' } },
    ]);
  });

  it('takes all for every policy and the bound, less those that nobody fed', () => {
    const named = (hasPins: boolean) => parsePolicies('all', hasPins).map(({ policy }) => policy);
    const known = KNOWN_POLICIES.map(({ name }) => name);
    expect(named(true)).toEqual(known.filter((name) => name !== 'sglang-priority'));
    expect(named(false)).toEqual(named(true).filter((name) => name !== 'pinned-lru'));
    expect(named(false)).toContain('optimum');
  });

  it('adds what is learned only where it is asked for', () => {
    const names = parsePolicies('all,learned', false).map(({ policy }) => policy);
    expect(names.at(-1)).toBe('learned');
    expect(parsePolicies('all', false).map(({ policy }) => policy)).toEqual(names.slice(0, -1));
  });

  it('takes a parameter without a value for one with an empty value, which none accepts', () => {
    expect(parsePolicies('lru-k:k', false)).toEqual([{ policy: 'lru-k', parameters: { k: '' } }]);
  });

  it('refuses a name that it does not know, and says the nearest', () => {
    expect(() => parsePolicies('lru,siev', false)).toThrow(/did you mean "sieve"/);
  });
});

describe('labelOf', () => {
  it('names the parameters that are not the initial ones', () => {
    expect(labelOf({ policy: 'lru-k', parameters: { k: 2 } })).toBe('lru-k');
    expect(labelOf({ policy: 'lru-k', parameters: { k: 3 } })).toBe('lru-k k=3');
  });
});

describe('what engines can be told', () => {
  it('is a policy of the replay each, with parameters that it has', () => {
    for (const { choices } of ENGINE_EXPORTERS) {
      for (const { policy, parameters } of choices) {
        const known = KNOWN_POLICIES.find(({ name }) => name === policy);
        const names = known?.parameters.map(({ name }) => name);
        expect(names).toEqual(expect.arrayContaining(Object.keys(parameters)));
      }
    }
  });
});
