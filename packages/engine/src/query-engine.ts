import type { Plan } from '@wavetune/ir';
import type { Chunk } from './chunk.ts';
import type { FileColumn } from './describe.ts';
import type { Explanation } from './query.ts';
import type { Row } from './rows.ts';

/** A log that lies where this process cannot look: a table, or files of a store that the engine reads. */
export interface LogPlace {
  /** About what it holds, for progress; 0 where nobody can tell. */
  readonly sizeBytes: number;
  readonly columns: readonly FileColumn[];
}

/**
 * What reading logs asks of an engine, embedded or far away. Every method verifies and optimises its plan, and refuses with
 * coded errors alone; a plan without what the engine's SQL can say is refused before anything runs (`sql.unsupported`).
 */
export interface QueryEngine {
  /** Rows come in the order of their files where no `sort` says otherwise; where not, whoever needs that order sorts. */
  readonly keepsFileOrder: boolean;
  /** The result in chunks, as fast as the consumer takes them; leaving the loop ends the query. */
  stream(plan: Plan): AsyncIterable<Chunk>;
  /** The whole result as objects: for results that a person could read. */
  rows(plan: Plan): Promise<readonly Row[]>;
  /** The plan, its SQL and, where `run` is asked for and the engine can tell, what each operator cost. */
  explain(plan: Plan, options?: { readonly run: boolean }): Promise<Explanation>;
  /** The columns of a Parquet or CSV file, without reading its rows. */
  describeFile(path: string, format: 'parquet' | 'csv'): Promise<readonly FileColumn[]>;
  /** What lies at `place`; undefined where it is the name of a file that this process opens itself. */
  describePlace(place: string): Promise<LogPlace | undefined>;
  /**
   * How much of its files the query that runs has read, in `[0, 1]`, somewhat ahead of what its consumer was given;
   * undefined where none runs or nobody can tell.
   */
  readShare(): number | undefined;
  /** Makes what runs fail with a code of its own, on the server too; later queries run. */
  interrupt(): void;
  /** Interrupts what runs and gives back what the engine holds. */
  close(): Promise<void>;
}
