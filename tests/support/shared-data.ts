import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const FOLDER =
  process.env.WAVETUNE_SHARED_DATA ??
  fileURLToPath(new URL('../../../shared/data/', import.meta.url));

/** Where the public traces lie; tests that need them are skipped where it is missing. */
export function sharedData(path: string): string {
  return `${FOLDER.replace(/\/$/, '')}/${path}`;
}

/** False, with a printed reason, where a public trace is missing on this machine. */
export function hasSharedData(path: string): boolean {
  const found = existsSync(sharedData(path));
  if (!found) console.log(`skipped: public data ${sharedData(path)} is not on this machine`);
  return found;
}
