import type { TotalsColumns } from './totals-columns.ts';

/** Negative where row `a` comes before row `b` by tenant, model and prefix, in code-unit order. */
export function compareKeys(
  { tenants, models, prefixes }: TotalsColumns,
  a: number,
  b: number,
): number {
  return (
    compareText(tenants[a], tenants[b]) ||
    compareText(models[a], models[b]) ||
    compareText(prefixes[a], prefixes[b])
  );
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
