import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

const ROOT = resolve(
  process.env.WAVETUNE_SHARED_DATA ?? resolve(import.meta.dirname, '../../../../shared/data'),
);

/** A path of the public data, and whether it is there; says so where it is not. */
export function sharedData(path: string): { readonly path: string; readonly isMissing: boolean } {
  const full = resolve(ROOT, path);
  const isMissing = !existsSync(full);
  if (isMissing) console.log(`skipped: ${full} is not there`);
  return { path: full, isMissing };
}
