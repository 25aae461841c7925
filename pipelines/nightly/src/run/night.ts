import type { Setup } from '../config/load-config.ts';
import type { LedgerChange, LedgerEntry } from '../partitions/ledger.ts';
import type { FoundPartition } from '../partitions/list-partitions.ts';
import type { PublishedRun } from './runs-folder.ts';

/** One night's work, settled before its first step: what it reads, what it counts, what it follows. */
export interface Night {
  readonly setup: Setup;
  /** The run's name: its day, with a number behind it where the day was run before. */
  readonly name: string;
  readonly day: string;
  readonly previous: PublishedRun | undefined;
  readonly change: LedgerChange;
  /** Read tonight: the fresh, the late and the corrected partitions, by name. */
  readonly added: readonly FoundPartition[];
  /** What wavespec, replay and policies look at: the newest days of logs, by name. */
  readonly window: readonly FoundPartition[];
  /** Every partition that the statistics count after tonight. */
  readonly ledger: readonly LedgerEntry[];
  /** By name, of every partition on disk. */
  readonly digests: ReadonlyMap<string, string>;
  /** How partitions are counted. */
  readonly counting: string;
  /** Gates that a person opens tonight, by name. */
  readonly accepted: readonly string[];
  /** What a reader must know. */
  readonly notes: readonly string[];
}

/** Names and digests of partitions, for a step's key. */
export function keyOfPartitions(
  partitions: readonly { readonly name: string }[],
  digests: ReadonlyMap<string, string>,
): readonly string[] {
  return partitions.map(({ name }) => `${name} ${digests.get(name)}`);
}
