import type { Plan } from '@wavetune/ir';
import { digestsOf } from './digests.ts';
import type { Leaning } from './distincts.ts';
import { estimateColumns } from './estimate-columns.ts';
import { estimateRows, type Known } from './estimate-rows.ts';
import { estimatedFigure } from './figure.ts';
import type { Observations } from './learn.ts';
import { metricsError } from './metrics-errors.ts';
import { copies, movementsOf } from './movements.ts';
import { type NodeMetrics, type PlanMetrics, withTotals } from './plan-metrics.ts';
import { type RelationEstimate, sourceEstimate } from './relation-estimate.ts';
import { type Relation, relationsOf } from './relations.ts';
import type { TableLookup } from './statistics.ts';
import { columnsReadBy, columnUsageOf, packOrderOf, reuseOf } from './usage.ts';

export interface EstimateOptions {
  readonly tables: TableLookup;
  /** At least 1. */
  readonly worldSize: number;
  /** What earlier runs of the same relations showed, over whatever files. */
  readonly learned?: Observations;
}

/**
 * What the plan costs as it stands, before it runs. Linear in the plan.
 *
 * Monotone: more rows or bytes in a scan, more workers or a repartition by keys above it never lower the shuffled bytes, and at one
 * worker they are 0.
 *
 * @throws WavetuneError `ir.*`, `metrics.bad-world-size`
 */
export function estimatePlan(plan: Plan, options: EstimateOptions): PlanMetrics {
  return estimatorOf(plan)(options, 'expected');
}

/**
 * As {@link estimatePlan}, for one plan many times; where runs leave open how many groups there are, the fewest or the most
 * that they leave.
 */
export type Estimator = (options: EstimateOptions, leaning: Leaning) => PlanMetrics;

export function estimatorOf(plan: Plan): Estimator {
  const relations = relationsOf(plan);
  const digests = digestsOf(relations);
  const moves = movementsOf(relations);
  const counts = countsOf(relations);
  const columnUsage = columnUsageOf(relations);
  const reuse = reuseOf(columnUsage);
  const packOrder = packOrderOf(columnUsage);
  return (options, leaning) => {
    const { worldSize } = options;
    if (!Number.isSafeInteger(worldSize) || worldSize < 1) {
      throw metricsError('metrics.bad-world-size', { found: worldSize });
    }
    return withTotals({
      worldSize,
      counts,
      nodes: estimateNodes({ relations, digests, moves }, options, leaning),
      columnUsage,
      ...(reuse === undefined ? {} : { reuse: estimatedFigure(reuse) }),
      packOrder,
      notes: [],
    });
  };
}

/** What of a plan does not depend on sizes. */
interface Shape {
  readonly relations: readonly Relation[];
  readonly digests: readonly string[];
  readonly moves: readonly (readonly number[])[];
}

function estimateNodes(
  { relations, digests, moves }: Shape,
  { tables, learned }: EstimateOptions,
  leaning: Leaning,
): readonly NodeMetrics[] {
  const estimates: RelationEstimate[] = [];
  return relations.map((relation, at) => {
    const { node, path, inputs } = relation;
    const estimate = estimateRelation(relation, {
      inputs: inputs.map((input) => estimates[input]),
      tables,
      seen: learned?.get(digests[at]),
      leaning,
    });
    estimates.push(estimate);
    const columns = [...estimate.columns].map(([name, { bytes }]) => ({ name, bytes }));
    const rowBytes = columns.reduce((sum, { bytes }) => sum + bytes, 0);
    return {
      path,
      kind: node.kind,
      digest: digests[at],
      inputs: inputs.map((input) => relations[input].path),
      moves: moves[at].map((input) => relations[input].path),
      ...(copies(node) ? { copies: true as const } : {}),
      rows: estimatedFigure(estimate.rows),
      rowBytes: estimatedFigure(rowBytes),
      bytes: estimatedFigure(estimate.rows * rowBytes),
      shuffleBytes: estimatedFigure(0),
      columns,
      reads: [...columnsReadBy(node)],
    };
  });
}

/** One relation over the estimates of its inputs. */
export function estimateRelation(
  relation: Relation,
  {
    inputs,
    tables,
    seen,
    leaning,
  }: {
    readonly inputs: readonly RelationEstimate[];
    readonly tables: TableLookup;
  } & Known,
): RelationEstimate {
  const { node, schema } = relation;
  if (node.kind === 'scan') {
    const known = sourceEstimate(node.source, schema, tables);
    return estimateColumns(relation, { inputs: [known], rows: known.rows, seen });
  }
  return estimateColumns(relation, {
    inputs,
    rows: estimateRows(node, inputs, { seen, leaning }),
    seen,
  });
}

function countsOf(relations: readonly Relation[]): PlanMetrics['counts'] {
  const counts: Partial<Record<Plan['kind'], number>> = {};
  for (const { node } of relations) counts[node.kind] = (counts[node.kind] ?? 0) + 1;
  return counts;
}
