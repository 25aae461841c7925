import type { ParameterValues, PolicyDescription } from '../policies/policy.ts';
import type { Tally } from '../replay/tally.ts';
import { closedOptimum, type OptimumRun } from './closed-optimum.ts';
import { looseOptimum } from './loose-optimum.ts';

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

/** The optimum of whole requests, or of single references where `loose`. */
export function runOptimum(run: OptimumRun, parameters: ParameterValues, loose: boolean): Tally {
  return loose ? looseOptimum(run, parameters.admission === 'bypass') : closedOptimum(run);
}
