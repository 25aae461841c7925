/** One thing that a user did with an item. */
export interface ItemEvent {
  /** Milliseconds since 1970. */
  readonly timeMillis: number;
  readonly user: string;
  /** `click`, `view`, …; which of them ask the cache is an option of the reader. */
  readonly action: string;
  readonly item: string;
  /** Empty where the source has none. */
  readonly category: string;
  /** Asks the cache for the item; all others only inform planners. */
  readonly isRequest: boolean;
  /** Of the value that a miss would store. */
  readonly sizeBytes: number;
}
