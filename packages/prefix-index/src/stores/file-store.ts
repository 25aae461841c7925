import type { WantedSettings } from './settings-match.ts';

/** Where a store of files is, and what its caller insists on. */
export interface FileStoreOptions {
  readonly path: string;
  readonly wanted: WantedSettings;
}
