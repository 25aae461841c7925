import { childrenOf, type Join, type Node, type Plan } from '@wavetune/ir';
import type { Movement, MovementKind } from '@wavetune/kernels';
import {
  type Figure,
  type NodeMetrics,
  type PlanMetrics,
  PROVENANCES,
  type Provenance,
  relationsOf,
} from '@wavetune/metrics';

/** Rows that a node of a plan moves, on one rank. */
export interface PlanMovement {
  /** The node's place in the plan: `$.input.left`. */
  readonly at: string;
  readonly node: Plan['kind'];
  /** Those staged, in the order of the schema. */
  readonly columns: readonly string[];
  /** What rows and bytes rest on, the weakest of all. */
  readonly source: Provenance;
  readonly movement: Movement;
}

/** A node, what is known of it and of all others, and how far counters are from what was measured. */
interface Site {
  readonly node: Plan;
  readonly metrics: NodeMetrics;
  readonly at: (path: string) => NodeMetrics;
  readonly worldSize: number;
  readonly inputScale: Scale;
  readonly shuffleScale: Scale;
}

interface Scale {
  readonly factor: number;
  readonly source: Provenance;
}

/**
 * What a plan moves, inputs before what reads them:
 *
 * - a scan packs its columns; whatever must change ranks, for a repartition or a join, is packed in whole rows;
 * - a filter, a sort, a window and what a join takes from its right side gather rows;
 * - a join probes its right side with the left's keys; an aggregate probes its groups with keys and values.
 *
 * The rest computes in registers. Each rank moves its share of the rows; nodes without rows move nothing. Where a counter
 * says how many bytes were read or shuffled, the widths of what is packed follow it.
 *
 * @param metrics - Of this very plan.
 */
export function movementsOf(plan: Plan, metrics: PlanMetrics): readonly PlanMovement[] {
  const { nodes, worldSize } = metrics;
  const byPath = new Map(nodes.map((node) => [node.path, node]));
  const at = (path: string): NodeMetrics => {
    const found = byPath.get(path);
    if (found === undefined) throw new Error(`metrics of another plan: nothing at ${path}`);
    return found;
  };
  const scans = nodes.filter(({ kind }) => kind === 'scan');
  const inputScale = scaleOf(
    metrics.inputBytes,
    scans.map(({ bytes }) => bytes),
  );
  const shuffleScale = scaleOf(
    metrics.shuffleBytes,
    nodes.map(({ shuffleBytes }) => shuffleBytes),
  );
  return relationsOf(plan).flatMap(({ node, path }) =>
    movedAt({ node, metrics: at(path), at, worldSize, inputScale, shuffleScale }),
  );
}

/** A counter of bytes against what they would be without it. */
function scaleOf(total: Figure, parts: readonly Figure[]): Scale {
  const sum = parts.reduce((bytes, { value }) => bytes + value, 0);
  if (total.provenance !== 'counter' || sum === 0) return NO_SCALE;
  return { factor: total.value / sum, source: 'counter' };
}

const NO_SCALE: Scale = { factor: 1, source: 'measured' };

function movedAt(site: Site): readonly PlanMovement[] {
  const { node, metrics, worldSize, shuffleScale } = site;
  const sent = worldSize > 1 ? metrics.moves : [];
  return [
    ...sent.flatMap((from) => moved(site, { kind: 'pack', from, scale: shuffleScale })),
    ...ownMoves(site, node),
  ];
}

function ownMoves(site: Site, node: Plan): readonly PlanMovement[] {
  const { path, inputs } = site.metrics;
  switch (node.kind) {
    case 'scan':
      return moved(site, { kind: 'pack', from: path, scale: site.inputScale });
    case 'filter':
    case 'sort':
    case 'window':
      return moved(site, { kind: 'gather', from: path });
    case 'join':
      return joined(site, node);
    case 'aggregate': {
      if (node.groups.length === 0) return [];
      const read = new Set(site.metrics.reads);
      const keeps = (name: string) => read.has(name);
      return moved(site, { kind: 'aggregate-probe', from: inputs[0], keeps, tableAt: path });
    }
    default:
      return [];
  }
}

function joined(site: Site, node: Join): readonly PlanMovement[] {
  const { path, inputs } = site.metrics;
  const [left, right] = inputs;
  const keys = columnsIn(node.on.map((pair) => pair.left));
  const rightKeys = columnsIn(node.on.map((pair) => pair.right));
  const takesRight = node.how !== 'semi' && node.how !== 'anti';
  return [
    ...moved(site, {
      ...{ kind: 'join-probe', from: left, tableAt: right },
      keeps: (name) => keys.has(name),
    }),
    ...(takesRight
      ? moved(site, {
          ...{ kind: 'gather', from: right, rowsAt: path },
          keeps: (name) => !rightKeys.has(name),
        })
      : []),
  ];
}

interface Moved {
  readonly kind: MovementKind;
  /** Whose columns are staged: all of them, or those that it `keeps`. */
  readonly from: string;
  readonly keeps?: (column: string) => boolean;
  /** Where the rows that move are counted, where not at `from`. */
  readonly rowsAt?: string;
  /** Where the table comes out in which the rows are looked up. */
  readonly tableAt?: string;
  readonly scale?: Scale;
}

function moved(
  { metrics, at, worldSize }: Site,
  { kind, from, keeps = () => true, rowsAt = from, tableAt, scale = NO_SCALE }: Moved,
): readonly PlanMovement[] {
  const share = (rows: number) => Math.ceil(rows / worldSize);
  const counted = at(rowsAt);
  const staged = at(from)
    .columns.map(({ name, bytes }) => ({ name, bytes: bytes * scale.factor }))
    .filter(({ name, bytes }) => keeps(name) && bytes > 0);
  const rows = share(counted.rows.value);
  if (rows < 1 || staged.length === 0) return [];
  const table = tableAt === undefined ? undefined : at(tableAt);
  const movement: Movement = {
    ...{ kind, rows },
    columnBytes: staged.map(({ bytes }) => bytes),
    tableBytes: table === undefined ? 0 : share(table.rows.value) * table.rowBytes.value,
  };
  const figures = [counted.rows, at(from).rowBytes, ...(table === undefined ? [] : [table.bytes])];
  return [
    {
      at: metrics.path,
      node: metrics.kind,
      columns: staged.map(({ name }) => name),
      source: scale.source === 'counter' ? 'counter' : weakestOf(figures),
      movement,
    },
  ];
}

function weakestOf(figures: readonly Figure[]): Provenance {
  const ranks = figures.map(({ provenance }) => PROVENANCES.indexOf(provenance));
  return PROVENANCES[Math.min(...ranks)];
}

/** Names of the columns that expressions read. */
function columnsIn(nodes: readonly Node[]): ReadonlySet<string> {
  const names = (node: Node): readonly string[] =>
    node.kind === 'col' ? [node.name] : childrenOf(node).flatMap(names);
  return new Set(nodes.flatMap(names));
}
