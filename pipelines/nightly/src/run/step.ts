import type { Json } from '@wavetune/core';
import type { RunLog } from './run-log.ts';

/** Where a step works. */
export interface StepPlace {
  /** An empty folder of this attempt; what lies in it when the step is done becomes its outputs. */
  readonly folder: string;
  /** The outputs of the steps before it lie here. */
  readonly runFolder: string;
  /** Of the configuration: commands run in it, so that logs go by the names that they have there, wherever it lies. */
  readonly configFolder: string;
  readonly log: RunLog;
  readonly signal: AbortSignal;
}

/** A part of a night. Same key and same outputs of the steps before it, same bytes. */
export interface Step {
  readonly name: string;
  /** Counted up when the code changes what the step gives. */
  readonly version: number;
  /** Names of the steps whose outputs it reads. */
  readonly after: readonly string[];
  /** Everything else that its outputs depend on. */
  readonly key: Json;
  /** Files that it leaves, relative to its folder; the check of what it did. */
  readonly outputs: readonly string[];
  /** Those of them whose bytes an engine does not fix, though what they say is fixed: a database file. */
  readonly state?: readonly string[];
  readonly run: (place: StepPlace) => Promise<void>;
}
