import type { PolicyDescription } from '../policies/policy.ts';

/** The bound that knows the future, listed beside the policies. */
export const OPTIMUM: PolicyDescription = {
  name: 'optimum',
  source: 'Belady, "A study of replacement algorithms for a virtual-storage computer", 1966',
  parameters: [
    {
      kind: 'choice',
      name: 'admission',
      meaning:
        'bypass: a block used no sooner than all others stays out; always: every block is placed, as in libCacheSim (single references only)',
      initial: 'bypass',
      choices: ['bypass', 'always'],
    },
  ],
};
