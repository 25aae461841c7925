/** Costs of a reference, as they were measured. */
export interface RowCosts {
  /** Nanoseconds of a core: Spark reads the row twice and finds its shard. */
  readonly scanNanos: number;
  /** Spark shuffles, sorts and writes it to a program. */
  readonly moveNanos: number;
  /** The program reads the row and numbers its blocks. */
  readonly readNanos: number;
  /** One policy at one capacity. */
  readonly simpleNanos: number;
  readonly learnedNanos: number;
  readonly shuffledBytes: number;
  readonly pipedBytes: number;
  /** Peak memory of a program beside its empty one, of its largest shard. */
  readonly residentBytes: number;
  /** Standard error of a hit ratio times the square root of the references that it was taken from. */
  readonly errorRoot: number;
}

/** What is assumed, not measured. */
export const ASSUMED = {
  simpleCells: 5,
  learnedCells: 5,
  dollarsACoreHour: 0.05,
  hoursToFinish: 4,
  taskGibibytes: 8,
  partReferences: 16_000_000,
};

/** A day's references, all of them or a share of the chains. */
export interface Scenario {
  readonly references: number;
  readonly share: number;
}

/** What a day costs under the model. */
export function planOf(costs: RowCosts, { references, share }: Scenario) {
  const { simpleCells, learnedCells, dollarsACoreHour, hoursToFinish, taskGibibytes } = ASSUMED;
  const replayed = references * share;
  const replay = simpleCells * costs.simpleNanos + learnedCells * costs.learnedNanos;
  const hoursOf = (nanos: number): number => nanos / 3.6e12;
  const scan = hoursOf(references * costs.scanNanos + replayed * costs.moveNanos);
  const programs = hoursOf(replayed * (costs.readNanos + replay));
  const hours = scan + programs;
  return {
    'references a day': references.toExponential(0),
    'share replayed': share === 1 ? 'all' : `1/${Math.round(1 / share)}`,
    'Spark, core h': rounded(scan),
    'programs, core h': rounded(programs),
    [`cores for ${hoursToFinish} h`]: rounded(hours / hoursToFinish),
    'dollars a day': rounded(hours * dollarsACoreHour),
    'shuffled, GB': rounded((replayed * costs.shuffledBytes) / 1e9),
    'piped, GB': rounded((replayed * costs.pipedBytes) / 1e9),
    'parts of 16 M': rounded(replayed / ASSUMED.partReferences),
    'GiB a part': rounded((ASSUMED.partReferences * costs.residentBytes) / 2 ** 30),
    'largest shard, M': rounded((taskGibibytes * 2 ** 30) / costs.residentBytes / 1e6),
    'standard error, points': rounded((100 * costs.errorRoot) / Math.sqrt(replayed)),
  };
}

/** Three digits. */
export function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
