/** A key that lies in a cache, as the ledger has it. */
export interface LedgerEntry {
  readonly key: string;
  readonly sizeBytes: number;
  /** What it takes of the memory: key, value, and what Redis keeps beside them. */
  readonly chargedBytes: number;
  /** The last moment at which it is there. */
  readonly expiresMillis: number;
  /** Counts insertions; settles ties. */
  readonly sequence: number;
  lastUseMillis: number;
  isResident: boolean;
  /** Neighbours in the order of use, where that order is kept. */
  older: LedgerEntry | undefined;
  newer: LedgerEntry | undefined;
}
