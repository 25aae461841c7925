import type { WantedSettings } from './settings-match.ts';

/** Where a store of files is, and what its caller insists on. */
export interface FileStoreOptions {
  readonly path: string;
  readonly wanted: WantedSettings;
  /** A file that is not there is made by the first commit, as far as the store can do so. */
  readonly isMadeLate: boolean;
}
