import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { addDays } from '../dates.ts';
import { dayOfRun, listRuns, PARTIALS, readCurrent, readRun } from './runs-folder.ts';

export interface Retention {
  /** Published runs kept, the current one and the one before it always. */
  readonly runs: number;
  /** Age past which a run goes, in days before the current one. */
  readonly nights: number;
}

/** Removes runs past count or age, and partials that no kept run counts. A damaged run is left for a person to look at. */
export async function sweep(runsFolder: string, { runs, nights }: Retention): Promise<void> {
  const current = await readCurrent(runsFolder);
  if (current === undefined) return;
  const names = await listRuns(runsFolder);
  const always = new Set([current.name, current.manifest.previous]);
  const firstDay = addDays(dayOfRun(current.name), -nights);
  const old = names.filter(
    (name, i) => !always.has(name) && (i < names.length - runs || dayOfRun(name) < firstDay),
  );
  for (const name of old) await rm(join(runsFolder, name), { recursive: true, force: true });
  await sweepPartials(
    runsFolder,
    names.filter((name) => !old.includes(name)),
  );
}

async function sweepPartials(runsFolder: string, kept: readonly string[]): Promise<void> {
  const counted = new Set<string>();
  for (const name of kept) {
    const run = await readRun(runsFolder, name).catch(() => undefined);
    if (run === undefined) return;
    for (const { digest } of run.manifest.ledger) counted.add(digest);
  }
  const folder = join(runsFolder, PARTIALS);
  for (const file of await readdir(folder)) {
    if (!counted.has(file.split('.')[0])) await rm(join(folder, file), { force: true });
  }
}
