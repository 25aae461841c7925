import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { FilePlace } from '@wavetune/sql';

/** Whether `place` is in a store that Spark reads and this process does not: `s3a://bucket/…`, `hdfs://…`, `file:///…`. */
export function isRemotePlace(place: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(place);
}

/**
 * A file as Spark opens it. A local one gets its whole path, which must be the same on every worker; characters that Spark
 * would take for a pattern are escaped. A place in a store stays as it is, patterns too.
 */
export function resolveFile(file: string): FilePlace {
  if (isRemotePlace(file)) return { path: file };
  const path = resolve(file);
  return { path: existsSync(path) ? path.replace(/[\\*?[\]{}]/g, '\\$&') : path };
}
