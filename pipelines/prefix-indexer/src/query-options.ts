import type { OptionsOf, OptionTable } from '@wavetune/cli';
import { parseSize, systemClock } from '@wavetune/core';
import { type SuggestQuery, WEIGHTS } from '@wavetune/prefix-index';
import { durationOption, timeOption } from './times.ts';

/** As of when, and of whose prefixes. */
export const VIEW_OPTIONS = {
  tenant: { type: 'string', array: true, describe: 'Prefixes of these tenants alone' },
  'as-of': {
    type: 'string',
    describe: 'Event time: now, milliseconds or ISO 8601',
    defaultDescription: 'the newest event of these tenants',
  },
  weight: {
    type: 'string',
    choices: WEIGHTS,
    describe: 'What an event weighs in a score',
    defaultDescription: "the store's own",
  },
} as const satisfies OptionTable;

/** Which hints are asked for. */
export const QUERY_OPTIONS = {
  ...VIEW_OPTIONS,
  'top-k': { type: 'number', default: 10, describe: 'At most so many hints' },
  budget: { type: 'string', describe: 'What all hints may take up together: 8GiB' },
  'min-score': { type: 'number', describe: 'Prefixes of at least this score' },
  'max-age': { type: 'string', describe: 'Prefixes last seen at most so long ago: 30m, 7d' },
} as const satisfies OptionTable;

export function viewOf(
  raw: OptionsOf<typeof VIEW_OPTIONS>,
): Pick<SuggestQuery, 'tenants' | 'asOfMillis' | 'weight'> {
  const { tenant, weight, 'as-of': asOf } = raw;
  const isTold = asOf !== undefined;
  return {
    ...(tenant !== undefined && { tenants: tenant }),
    ...(weight !== undefined && { weight }),
    ...(isTold && { asOfMillis: timeOption('as-of', asOf, systemClock.nowMillis()) }),
  };
}

export function queryOf(raw: OptionsOf<typeof QUERY_OPTIONS>): SuggestQuery {
  const { 'top-k': topK, budget, 'min-score': minScore, 'max-age': maxAge } = raw;
  return {
    topK,
    ...viewOf(raw),
    ...(budget !== undefined && { budgetBytes: parseSize(budget) }),
    ...(minScore !== undefined && { minScore }),
    ...(maxAge !== undefined && { maxAgeMillis: durationOption('max-age', maxAge) }),
  };
}
