import type { Plan } from '@wavetune/ir';
import { type Figure, sumOf } from './figure.ts';
import type { MeasuredRun } from './measured.ts';
import { median } from './q-error.ts';
import type { ColumnUsage } from './usage.ts';

/** What a plan costs, figure by figure with where it comes from. */
export interface PlanMetrics {
  /** Workers over which a distributed engine spreads the rows. */
  readonly worldSize: number;
  /** Relations by kind; kinds that the plan lacks are left out. */
  readonly counts: Readonly<Partial<Record<Plan['kind'], number>>>;
  /** Inputs before what reads them; the plan itself last. */
  readonly nodes: readonly NodeMetrics[];
  /** Of all scans. */
  readonly inputRows: Figure;
  readonly inputBytes: Figure;
  /** Of all movements between workers. */
  readonly shuffleBytes: Figure;
  readonly columnUsage: ColumnUsage;
  /** The share of the most used column in all uses, unless a counter says how often a cache held what was read. */
  readonly reuse?: Figure;
  /** Only a counter tells it. */
  readonly occupancy?: Figure;
  /** Columns by use. */
  readonly packOrder: readonly string[];
  /** Where the plan ran: as one query, as it runs without measuring. */
  readonly run?: MeasuredRun;
  /** Where figures are scaled. */
  readonly sample?: SampleDrawn;
  /** Medians over the relations, where they were measured. */
  readonly qError?: QErrors;
  readonly notes: readonly string[];
}

/** What scaled figures rest on. */
export interface SampleDrawn {
  readonly rows: number;
  readonly ofRows: number;
  /** Stretches of rows that were drawn, over which bounds are bootstrapped. */
  readonly parts: number;
  /** Of the bounds, in `(0, 1)`. */
  readonly confidence: number;
  readonly seed: number;
}

export interface NodeMetrics {
  /** `$` the plan itself, `$.input`, `$.left.inputs[1]`, … */
  readonly path: string;
  readonly kind: Plan['kind'];
  /** Names the question, not the files: equal for the same relation over others. */
  readonly digest: string;
  /** Paths of its inputs. */
  readonly inputs: readonly string[];
  /** Those of `inputs` whose rows change workers for it. */
  readonly moves: readonly string[];
  readonly rows: Figure;
  readonly rowBytes: Figure;
  readonly bytes: Figure;
  /** All of `moves` goes to every worker. */
  readonly copies?: true;
  /** (w − 1) / w of the bytes of `moves`; w − 1 times all of them where it `copies`. */
  readonly shuffleBytes: Figure;
  /** In the order of the schema. */
  readonly columns: readonly ColumnMetrics[];
  /** Columns of its inputs that its own expressions read. */
  readonly reads: readonly string[];
  /** Of the engine's threads together; where it was measured. */
  readonly seconds?: number;
  readonly qError?: QErrors;
}

export interface ColumnMetrics {
  readonly name: string;
  /** Of a value, on average. */
  readonly bytes: number;
}

/** Factors of at least 1 by which estimates were off. */
export interface QErrors {
  readonly rows: number;
  readonly bytes: number;
}

/** What hangs on the figures of the nodes, computed anew from them. */
export function withTotals(metrics: Omit<PlanMetrics, Totals>): PlanMetrics {
  const { worldSize } = metrics;
  const byPath = new Map(metrics.nodes.map((node) => [node.path, node]));
  const sent = worldSize - 1;
  const nodes = metrics.nodes.map((node) => ({
    ...node,
    shuffleBytes: sumOf(
      node.moves.flatMap((path) => byPath.get(path)?.bytes ?? []),
      node.copies ? sent : sent / worldSize,
    ),
  }));
  const scans = nodes.filter(({ kind }) => kind === 'scan');
  const errors = nodes.flatMap(({ qError }) => qError ?? []);
  const rows = median(errors.map((error) => error.rows));
  const bytes = median(errors.map((error) => error.bytes));
  return {
    ...metrics,
    nodes,
    inputRows: sumOf(
      scans.map((scan) => scan.rows),
      1,
    ),
    inputBytes: sumOf(
      scans.map((scan) => scan.bytes),
      1,
    ),
    shuffleBytes: sumOf(
      nodes.filter(({ moves }) => moves.length > 0).map((node) => node.shuffleBytes),
      1,
    ),
    ...(rows === undefined || bytes === undefined ? {} : { qError: { rows, bytes } }),
  };
}

type Totals = 'inputRows' | 'inputBytes' | 'shuffleBytes' | 'qError';
