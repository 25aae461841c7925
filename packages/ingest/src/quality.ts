import type { Tail } from '@wavetune/trace';

/** A file that was left out because its requests are those of another. */
export interface DuplicateFile {
  readonly file: string;
  readonly sameAs: string;
}

/** What a log is like, beside its requests. */
export interface QualityReport {
  readonly format: string;
  readonly blockSize: number;
  readonly tail: Tail;
  /** Ids were taken as local to their file. */
  readonly namespaced: boolean;
  /** The log says nothing of sharing: no hit rate follows from it. */
  readonly lengthOnly: boolean;
  /** Good and bad ones, those of duplicate files included. */
  readonly records: number;
  readonly quarantined: number;
  readonly duplicateFiles: readonly DuplicateFile[];
  /** Pairs of an id and a parent beyond the first parent of each id. */
  readonly parentConflicts: number;
  /** References to blocks of such pairs. */
  readonly conflictReferences: number;
  /** Requests that are older than one before them in their file. */
  readonly outOfOrder: number;
}
