import { spawnSync } from 'node:child_process';

/** False, with a line that says so, where the machine has no redis-server. */
export function hasRedis(): boolean {
  if (spawnSync('redis-server', ['--version']).status === 0) return true;
  console.log('skipped: live caches, since there is no redis-server on the PATH');
  return false;
}
