import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Setup } from '../config/load-config.ts';
import { addDays } from '../dates.ts';
import { nightlyError } from '../nightly-errors.ts';
import { digestPartitions } from '../partitions/digest-partitions.ts';
import {
  compareLedger,
  type LedgerChange,
  type LedgerEntry,
  newPartitions,
  nextLedger,
} from '../partitions/ledger.ts';
import { type FoundPartition, listPartitions } from '../partitions/list-partitions.ts';
import { partialPaths } from '../statistics/partial.ts';
import type { Night } from './night.ts';
import {
  checkWhole,
  dayOfRun,
  listRuns,
  nextRunName,
  PARTIALS,
  type PublishedRun,
  readCurrent,
} from './runs-folder.ts';
import { keyDigest } from './step-record.ts';

/**
 * Looks at the logs and at what is published, and says what the run of a day has to do.
 *
 * @throws WavetuneError `nightly.clock-backwards` for a day before the published one; `nightly.no-folder`,
 * `nightly.unreadable-log`, `nightly.corrupt`.
 */
export async function settleNight(
  setup: Setup,
  day: string,
  accepted: readonly string[] = [],
): Promise<Night> {
  const { config, folder, runsFolder } = setup;
  const previous = await readCurrent(runsFolder);
  if (previous !== undefined && day < dayOfRun(previous.name)) {
    throw nightlyError('nightly.clock-backwards', { date: day, current: previous.name });
  }
  if (previous !== undefined) await checkWhole(previous);
  const listed = await listPartitions(config.logs.files, folder);
  const found = listed.filter(({ sizeBytes }) => sizeBytes > 0);
  const counting = countingOf(setup);
  const digests = await digestPartitions(found, counting, join(runsFolder, '.digests.json'));
  const { counted, lost } = countedBefore(setup, previous, counting, digests);
  const firstDay = addDays(day, -config.retention.nights);
  const change = compareLedger(counted, found, digests, { day, firstDay });
  const name = nextRunName(day, await listRuns(runsFolder));
  return {
    setup,
    name,
    day,
    previous,
    change,
    added: newPartitions(change),
    window: windowOf(found, newPartitions(change), { day, nights: config.window_nights }),
    ledger: nextLedger(counted, change, digests, { run: name, firstDay }),
    digests,
    counting,
    accepted,
    notes: [
      ...emptyNotes(listed),
      ...notesOf(change, lost, previous?.manifest.counting === counting || previous === undefined),
    ],
  };
}

const COUNTING_VERSION = 1;

/** Changes with whatever changes what a partition counts. */
function countingOf({ config }: Setup): string {
  const { half_life: halfLife } = config.statistics;
  return keyDigest({ version: COUNTING_VERSION, halfLife, logs: config.logs.options });
}

/**
 * What the published run has counted and tonight can build on. Counts made in another way, and those whose partial is gone,
 * are of use only where they can be made again.
 */
function countedBefore(
  { runsFolder }: Setup,
  previous: PublishedRun | undefined,
  counting: string,
  onDisk: ReadonlyMap<string, string>,
): { readonly counted: readonly LedgerEntry[]; readonly lost: readonly string[] } {
  const ledger = previous?.manifest.ledger ?? [];
  const isSame = previous?.manifest.counting === counting;
  const isThere = ({ digest }: LedgerEntry): boolean =>
    existsSync(partialPaths(join(runsFolder, PARTIALS), digest).summary);
  const counted = ledger
    .map((entry) => (isThere(entry) ? entry : { ...entry, digest: 'gone' }))
    .filter(({ name, digest }) => onDisk.has(name) || (isSame && digest !== 'gone'));
  const names = new Set(counted.map(({ name }) => name));
  return { counted, lost: ledger.filter(({ name }) => !names.has(name)).map(({ name }) => name) };
}

/** A file that was made and not written yet is no partition, and no reason to stop. */
function emptyNotes(listed: readonly FoundPartition[]): readonly string[] {
  const empty = listed.filter(({ sizeBytes }) => sizeBytes === 0).map(({ name }) => name);
  return empty.length === 0 ? [] : [`Empty files, passed over: ${empty.join(', ')}.`];
}

function notesOf(
  change: LedgerChange,
  lost: readonly string[],
  isSame: boolean,
): readonly string[] {
  const names = (partitions: readonly { readonly name: string }[]): string =>
    partitions.map(({ name }) => name).join(', ');
  return [
    ...(!isSame
      ? ['Partitions are counted in another way than before: those on disk were counted anew.']
      : []),
    ...(lost.length > 0
      ? [`No longer counted, since neither log nor counts are there: ${lost.join(', ')}.`]
      : []),
    ...(change.late.length > 0
      ? [`Late partitions, of days that were done: ${names(change.late)}.`]
      : []),
    ...(change.corrected.length > 0 && isSame
      ? [`Corrected partitions, counted anew: ${names(change.corrected)}.`]
      : []),
  ];
}

/** The partitions of the newest days of logs; of logs without days what is new. */
function windowOf(
  found: readonly FoundPartition[],
  added: readonly FoundPartition[],
  { day, nights }: { readonly day: string; readonly nights: number },
): readonly FoundPartition[] {
  const dated = found.filter((partition) => partition.day !== null && partition.day <= day);
  const days = [...new Set(dated.map((partition) => partition.day))].sort().slice(-nights);
  const undated = added.filter((partition) => partition.day === null);
  return [...dated.filter((partition) => days.includes(partition.day)), ...undated];
}
