/** What a run of a plan showed. */
export interface MeasuredPlan {
  /** Every relation of the plan, in any order. */
  readonly nodes: readonly MeasuredNode[];
  readonly run: MeasuredRun;
}

/** A relation as a whole: what it has is counted, also where what reads it would stop early. */
export interface MeasuredNode {
  /** `$`, `$.input`, `$.left.inputs[1]`, … */
  readonly path: string;
  readonly rows: number;
  /** Of all values of each column: 1 a bool, 8 a number, text its UTF-8, a list its elements. */
  readonly columnBytes: Readonly<Record<string, number>>;
  /** Time of the engine's threads together that this relation alone took. */
  readonly seconds: number;
  /** Groups of one row; of an aggregate with groups. */
  readonly singletons?: number;
}

/** The plan run as one query, as it runs without measuring. */
export interface MeasuredRun {
  /** From the beginning to the last row. */
  readonly seconds: number;
  readonly peakMemoryBytes: number;
  /** The most that lay in temporary files at once. */
  readonly spilledBytes: number;
}

/** What runs on a part of a plan's largest source showed. */
export interface SampledRun {
  /** The plan over all rows that were drawn. */
  readonly whole: MeasuredPlan;
  /** The plan over each stretch of them alone; none where all rows were drawn. */
  readonly parts: readonly MeasuredPlan[];
  /** Paths of the scans that gave a part of their rows. */
  readonly sampled: readonly string[];
  /** Drawn, and of how many, of one such scan. */
  readonly rows: number;
  readonly ofRows: number;
  readonly seed: number;
}
