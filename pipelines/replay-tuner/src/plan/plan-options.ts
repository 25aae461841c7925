import {
  COST_OPTIONS,
  faultOfPlanOptions,
  type RawCostOptions,
  type RawTableOptions,
  TABLE_OPTIONS,
} from '@wavetune/plan-input';

/** What the tuning of a plan looks at beside device, margin, calibration and seed, which others have too. */
export const PLAN_OPTIONS = { ...TABLE_OPTIONS, ...COST_OPTIONS } as const;

type RawPlanOptions = RawTableOptions & RawCostOptions;

/** Names of the options that are given and make sense for plan traces alone. */
export function planOptionsIn(raw: RawPlanOptions): readonly string[] {
  const names = Object.keys(PLAN_OPTIONS) as (keyof typeof PLAN_OPTIONS)[];
  return names.filter((name) => raw[name] !== undefined);
}

/** The values of `--strategy` for a plan: our search, or the original's formula. */
export const PLAN_STRATEGIES = ['modelled', 'datajax'] as const;

export type PlanStrategy = (typeof PLAN_STRATEGIES)[number];

/** What is wrong with the values, or nothing. */
export function faultOfPlanRun(
  raw: RawPlanOptions & { readonly strategy: string | undefined; readonly margin: number },
): string | undefined {
  const { strategy = 'modelled', margin } = raw;
  if (!(margin >= 0)) return `--margin ${margin}: accepted is a ratio from 0`;
  return PLAN_STRATEGIES.some((name) => name === strategy)
    ? faultOfPlanOptions(raw)
    : `--strategy ${strategy}: for a plan accepted are ${PLAN_STRATEGIES.join(', ')}`;
}
