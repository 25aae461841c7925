import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A disk of a test's own. */
export interface SmallDisk {
  readonly folder: string;
  grow(size: string): void;
  setReadOnly(isReadOnly: boolean): void;
  unmount(): void;
}

/** Undefined, with a line that says so, where this user cannot mount one. */
export function mountSmallDisk(size: string): SmallDisk | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'prefix-index-disk-'));
  const mount = (...options: readonly string[]): boolean =>
    spawnSync('mount', [...options, folder]).status === 0;
  if (!mount('-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs')) {
    rmSync(folder, { recursive: true });
    console.log('skipped: full and read-only disks, since this user cannot mount a tmpfs');
    return undefined;
  }
  return {
    folder,
    grow: (larger) => {
      if (!mount('-o', `remount,size=${larger}`)) throw new Error('the disk does not grow');
    },
    setReadOnly: (isReadOnly) => {
      if (!mount('-o', `remount,${isReadOnly ? 'ro' : 'rw'}`)) throw new Error('it is in use');
    },
    unmount: () => {
      spawnSync('umount', [folder]);
      rmSync(folder, { recursive: true });
    },
  };
}
