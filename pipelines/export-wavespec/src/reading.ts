import type { QueryEngine } from '@wavetune/engine';
import type { RawOptions } from './options.ts';

/** Logs, and what reads them. */
export interface Reading {
  readonly raw: RawOptions;
  readonly files: readonly string[];
  readonly engine: QueryEngine;
}
