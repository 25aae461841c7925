import type { FoundPartition } from './list-partitions.ts';

/** A partition that a published run has counted. */
export interface LedgerEntry {
  readonly name: string;
  readonly day: string | null;
  /** Of its content and of how it is counted: the name of its partial. */
  readonly digest: string;
  /** The run that counted it in this form. */
  readonly run: string;
}

/** How what lies on disk differs from what is counted. */
export interface LedgerChange {
  /** Not counted yet, and of no day before the last counted one. */
  readonly fresh: readonly FoundPartition[];
  /** Not counted yet, and of a day that is done. */
  readonly late: readonly FoundPartition[];
  /** Counted with another content. */
  readonly corrected: readonly FoundPartition[];
  /** Counted, and on disk no more: their counts stay. */
  readonly gone: readonly string[];
}

/**
 * What a run of `day` has to read. Partitions of later days wait for theirs, those of days before `firstDay` are history.
 *
 * @param digests - By name, of every partition found.
 */
export function compareLedger(
  ledger: readonly LedgerEntry[],
  found: readonly FoundPartition[],
  digests: ReadonlyMap<string, string>,
  { day, firstDay }: { readonly day: string; readonly firstDay: string },
): LedgerChange {
  const counted = new Map(ledger.map((entry) => [entry.name, entry]));
  const lastDay = ledger.reduce(
    (last, entry) => (entry.day !== null && entry.day > last ? entry.day : last),
    '',
  );
  const fresh: FoundPartition[] = [];
  const late: FoundPartition[] = [];
  const corrected: FoundPartition[] = [];
  for (const partition of found) {
    if (partition.day !== null && (partition.day > day || partition.day < firstDay)) continue;
    const entry = counted.get(partition.name);
    if (entry === undefined) {
      const isLate = partition.day !== null && partition.day <= lastDay;
      (isLate ? late : fresh).push(partition);
    } else if (entry.digest !== digests.get(partition.name)) {
      corrected.push(partition);
    }
  }
  const onDisk = new Set(found.map(({ name }) => name));
  const gone = ledger.filter(({ name }) => !onDisk.has(name)).map(({ name }) => name);
  return { fresh, late, corrected, gone };
}

/** What the change makes new: read tonight. */
export function newPartitions(change: LedgerChange): readonly FoundPartition[] {
  return [...change.fresh, ...change.late, ...change.corrected].sort((a, b) =>
    a.name < b.name ? -1 : 1,
  );
}

/** The ledger after a run has counted the change, by name; partitions of days before `firstDay` leave it. */
export function nextLedger(
  ledger: readonly LedgerEntry[],
  change: LedgerChange,
  digests: ReadonlyMap<string, string>,
  { run, firstDay }: { readonly run: string; readonly firstDay: string },
): readonly LedgerEntry[] {
  const next = new Map(ledger.map((entry) => [entry.name, entry]));
  for (const { name, day } of newPartitions(change)) {
    next.set(name, { name, day, digest: digests.get(name)!, run });
  }
  return [...next.values()]
    .filter(({ day }) => day === null || day >= firstDay)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
