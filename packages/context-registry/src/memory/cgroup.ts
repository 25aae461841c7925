import { readFile } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { memoryError } from './memory-errors.ts';
import type { PressureReading, PressureSource } from './pressure-source.ts';

/** Where Linux shows control groups. */
export interface CgroupPaths {
  /** The groups' mount point. */
  readonly root: string;
  /** What names the group of this process. */
  readonly membership: string;
}

export const LINUX_CGROUP: CgroupPaths = {
  root: '/sys/fs/cgroup',
  membership: '/proc/self/cgroup',
};

interface Layout {
  readonly folder: (paths: CgroupPaths, group: string) => string;
  readonly limit: string;
  readonly used: string;
  /** The row of `memory.stat` that is given back under pressure, and so does not count as used. */
  readonly reclaimable: string;
}

const LAYOUTS: readonly (Layout & { readonly controller: string })[] = [
  {
    controller: '',
    folder: ({ root }, group) => join(root, group),
    limit: 'memory.max',
    used: 'memory.current',
    reclaimable: 'inactive_file',
  },
  {
    controller: 'memory',
    folder: ({ root }, group) => join(root, 'memory', group),
    limit: 'memory.limit_in_bytes',
    used: 'memory.usage_in_bytes',
    reclaimable: 'total_inactive_file',
  },
];

/**
 * The memory of this process's control group, version 2 or 1, against the tightest limit from the group up to the root.
 * File pages that nobody uses are given back on demand and do not count as used.
 *
 * `read` throws `memory.no-pressure` where there is no group or none of them has a limit below the machine's memory.
 */
export function cgroupSource(paths: CgroupPaths): PressureSource {
  return {
    name: 'cgroup',
    read: async () => {
      const groups = await membershipOf(paths);
      for (const layout of LAYOUTS) {
        const group = groups.get(layout.controller);
        const reading = group === undefined ? undefined : await readGroup(paths, layout, group);
        if (reading !== undefined) return reading;
      }
      const reason = 'no group of this process has a memory limit';
      throw memoryError('memory.no-pressure', { source: 'cgroup', reason });
    },
  };
}

/** Controller → group, from lines `number:controllers:/group`; version 2 has no controllers in its line. */
async function membershipOf({ membership }: CgroupPaths): Promise<ReadonlyMap<string, string>> {
  const text = await readFile(membership, 'utf8').catch(() => '');
  return new Map(
    text
      .split('\n')
      .filter((line) => line !== '')
      .flatMap((line) => {
        const [, controllers, group] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
        if (group === undefined) return [];
        return controllers.split(',').map((controller) => [controller, group] as const);
      }),
  );
}

/** A container often sees its own group as the root, whatever the membership says: ancestors up to there are tried. */
async function readGroup(
  paths: CgroupPaths,
  layout: Layout,
  group: string,
): Promise<PressureReading | undefined> {
  let tightest: PressureReading | undefined;
  for (const name of ancestors(group)) {
    const folder = layout.folder(paths, name);
    const limit = await numberIn(join(folder, layout.limit));
    const used = await numberIn(join(folder, layout.used));
    if (limit === undefined || used === undefined || limit >= totalmem()) continue;
    const usedBytes = Math.max(0, used - (await reclaimableIn(folder, layout)));
    if (tightest === undefined || usedBytes / limit > tightest.usedBytes / tightest.totalBytes) {
      tightest = { usedBytes, totalBytes: limit };
    }
  }
  return tightest;
}

function ancestors(group: string): readonly string[] {
  const parts = group.split('/').filter((part) => part !== '' && part !== '..');
  return parts.map((_, at) => parts.slice(0, parts.length - at).join('/')).concat('');
}

/** Undefined where there is no such file, or it says `max`. */
async function numberIn(path: string): Promise<number | undefined> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return /^\d+$/.test(text.trim()) ? Number(text) : undefined;
}

async function reclaimableIn(folder: string, { reclaimable }: Layout): Promise<number> {
  const text = await readFile(join(folder, 'memory.stat'), 'utf8').catch(() => '');
  const row = text.split('\n').find((line) => line.startsWith(`${reclaimable} `));
  return row === undefined ? 0 : Number(row.slice(reclaimable.length + 1));
}
