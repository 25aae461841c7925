import { type Figure, improved } from './figure.ts';
import type { MeasuredNode, MeasuredPlan } from './measured.ts';
import { metricsError } from './metrics-errors.ts';
import { type NodeMetrics, type PlanMetrics, withTotals } from './plan-metrics.ts';
import { qError } from './q-error.ts';

/**
 * The metrics with what a run of the same plan on the same rows showed: measured beats estimated at every relation and in
 * every total, and the estimates stay beside it with their q-errors. Counters stay, whichever is laid over first.
 *
 * @throws WavetuneError `metrics.missing-node` where a relation was not measured.
 */
export function overlayMeasured(metrics: PlanMetrics, measured: MeasuredPlan): PlanMetrics {
  const measuredAt = measuredByPath(measured);
  const nodes = metrics.nodes.map((node) => overlayNode(node, measuredAt(node.path)));
  const found = withTotals({ ...metrics, nodes, run: measured.run });
  const { inputBytes, shuffleBytes } = metrics;
  return {
    ...found,
    inputBytes: isCounted(inputBytes) ? inputBytes : found.inputBytes,
    shuffleBytes: isCounted(shuffleBytes) ? shuffleBytes : found.shuffleBytes,
  };
}

function isCounted({ provenance }: Figure): boolean {
  return provenance === 'counter';
}

/** What was measured at a path. @throws WavetuneError `metrics.missing-node` */
export function measuredByPath({ nodes }: MeasuredPlan): (path: string) => MeasuredNode {
  const byPath = new Map(nodes.map((node) => [node.path, node]));
  return (path) => {
    const found = byPath.get(path);
    if (found === undefined) throw metricsError('metrics.missing-node', { path });
    return found;
  };
}

export function overlayNode(
  node: NodeMetrics,
  { rows, columnBytes, seconds }: MeasuredNode,
): NodeMetrics {
  const bytes = Object.values(columnBytes).reduce((sum, n) => sum + n, 0);
  const provenance = 'measured';
  return {
    ...node,
    rows: improved(node.rows, { value: rows, provenance }),
    bytes: improved(node.bytes, { value: bytes, provenance }),
    rowBytes:
      rows === 0 ? node.rowBytes : improved(node.rowBytes, { value: bytes / rows, provenance }),
    columns: node.columns.map((column) => ({
      ...column,
      bytes: rows === 0 ? column.bytes : (columnBytes[column.name] ?? 0) / rows,
    })),
    seconds,
    qError: {
      rows: qError(node.rows.estimated ?? node.rows.value, rows),
      bytes: qError(node.bytes.estimated ?? node.bytes.value, bytes),
    },
  };
}
