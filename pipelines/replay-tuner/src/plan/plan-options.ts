import type { OptionsOf, OptionTable } from '@wavetune/cli';

/** What the tuning of a plan looks at beside device, margin and calibration, which are those of kernels. */
export const PLAN_OPTIONS = {
  sample: {
    type: 'string',
    describe: "Plan traces: rows of the plan's input, Parquet or CSV with a header",
  },
  rhs: {
    type: 'string',
    array: true,
    describe: 'Plan traces: rows of another table, TAG=FILE',
  },
  'world-size': {
    type: 'number',
    describe: 'Plan traces: ranks over which the rows lie',
    defaultDescription: '1',
  },
  'runtime-metrics': {
    type: 'string',
    describe:
      'Plan traces: counters of a real run, a file or inline JSON; WAVETUNE_RUNTIME_METRICS says it too',
  },
  'metrics-out': { type: 'string', describe: 'Plan traces: also write plan-metrics/1 here' },
} as const satisfies OptionTable;

export type RawPlanOptions = OptionsOf<typeof PLAN_OPTIONS>;

/** Names of the options that are given and make sense for plan traces alone. */
export function planOptionsIn(raw: RawPlanOptions): readonly string[] {
  const names = Object.keys(PLAN_OPTIONS) as (keyof typeof PLAN_OPTIONS)[];
  return names.filter((name) => raw[name] !== undefined);
}

/** The values of `--strategy` for a plan: our search, or the original's formula. */
export const PLAN_STRATEGIES = ['modelled', 'datajax'] as const;

export type PlanStrategy = (typeof PLAN_STRATEGIES)[number];

/** What is wrong with the values, or nothing. */
export function faultOfPlanOptions(
  raw: RawPlanOptions & { readonly strategy: string | undefined },
): string | undefined {
  const { 'world-size': worldSize = 1, strategy = 'modelled' } = raw;
  if (!Number.isSafeInteger(worldSize) || worldSize < 1) {
    return `--world-size ${worldSize}: accepted is a whole number from 1`;
  }
  return PLAN_STRATEGIES.some((name) => name === strategy)
    ? undefined
    : `--strategy ${strategy}: for a plan accepted are ${PLAN_STRATEGIES.join(', ')}`;
}
