import type { WantedSettings } from './settings-match.ts';

/** Where a store of files is, and what for it is opened. */
export interface FileStoreOptions {
  readonly path: string;
  readonly wanted: WantedSettings;
  /** Its folder cannot be written. */
  readonly isReadOnly: boolean;
}
