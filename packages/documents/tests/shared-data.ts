import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const ROOT = new URL('../../../', import.meta.url).pathname;
const folder = process.env.WAVETUNE_SHARED_DATA ?? resolve(ROOT, '../shared/data');

export const hasSharedData = existsSync(folder);
if (!hasSharedData) console.log(`skipped: no shared data at ${folder}`);

export function readShared(path: string): string {
  return readFileSync(resolve(folder, path), 'utf8');
}
