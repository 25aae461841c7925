import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const MAKE = fileURLToPath(
  new URL('../../benchmarks/feature-pipeline/make-samples.ts', import.meta.url),
);

/** The committed samples of the plan commands. */
export const PLAN_SAMPLES = fileURLToPath(new URL('../../assets/samples/', import.meta.url));

/** Makes the same samples in another folder, with so many orders. */
export function makePlanSamples(folder: string, rows = 20_000): void {
  execFileSync(process.execPath, [MAKE, folder, String(rows)]);
}

/** What binds a plan over these samples. */
export function tablesIn(folder: string): readonly string[] {
  const path = (name: string) => `${folder.replace(/\/?$/, '/')}${name}`;
  return ['--sample', path('orders.parquet'), '--rhs', `customers=${path('customers.parquet')}`];
}
