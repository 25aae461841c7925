import { renderTable, type TableColumn } from '@wavetune/cli';
import { formatCount, formatSize } from '@wavetune/core';
import { PASSES, type Plan, printPlan, typeName } from '@wavetune/ir';
import {
  type Figure,
  type NodeMetrics,
  onTables,
  type PlanMetrics,
  type Relation,
  relationsOf,
} from '@wavetune/metrics';
import type { BoundPlan, PlanFile } from '@wavetune/plan-input';

/** All that is known of a plan. */
export interface Explained {
  readonly path: string;
  readonly format: PlanFile['format'];
  /** As it was written, over its files. */
  readonly bound: BoundPlan;
  /** As it runs. */
  readonly plan: Plan;
  /** Of the plan as it runs. */
  readonly metrics: PlanMetrics;
  readonly sql: string;
}

/** For people: what runs and what it costs, the schemas, the SQL, and on request what each pass did. */
export function reportOf(explained: Explained, { passes }: { readonly passes: boolean }): string {
  const { bound, plan } = explained;
  return [
    headOf(explained),
    ...(passes ? [passesOf(bound.plan)] : []),
    costsOf(explained),
    totalsOf(explained.metrics),
    schemasOf(plan),
    `SQL\n${indented(explained.sql)}`,
  ].join('\n\n');
}

/** The same for scripts. */
export function summaryOf({ path, format, bound, plan, metrics, sql }: Explained) {
  return {
    ...{ path, format, sql, unbound: bound.unbound.map(({ table }) => table) },
    written: printPlan(bound.plan),
    runs: printPlan(plan),
    schemas: relationsOf(plan).map(({ path: at, schema }) => ({
      path: at,
      columns: schema.map(({ name, type }) => ({ name, type: typeName(type) })),
    })),
    metrics: { ...metrics },
  };
}

function headOf({ path, format, bound, metrics }: Explained): string {
  const unbound = bound.unbound.map(
    ({ table, option }) => `not run   the table ${table} has no rows; give ${option}`,
  );
  const assumed =
    bound.assumed.length === 0 ? [] : [`assumed   types told by use: ${bound.assumed.join(', ')}`];
  const ranks = `${formatCount(metrics.worldSize)} rank${metrics.worldSize === 1 ? '' : 's'}`;
  return [
    `plan      ${path} (${format}), ${metrics.nodes.length} nodes as it runs, ${ranks}`,
    ...unbound,
    ...assumed,
  ].join('\n');
}

function passesOf(written: Plan): string {
  let plan = written;
  const sections = [`As it was written\n${indented(printPlan(written))}`];
  for (const pass of PASSES) {
    const next = pass.apply(plan);
    sections.push(
      next === plan
        ? `${pass.name} changes nothing`
        : `After ${pass.name}\n${indented(printPlan(next))}`,
    );
    plan = next;
  }
  return sections.join('\n\n');
}

function costsOf({ plan, metrics }: Explained): string {
  const columns: readonly TableColumn[] = [
    { heading: 'node', align: 'left' },
    { heading: 'rows est.', align: 'right' },
    { heading: 'rows', align: 'right' },
    { heading: 'q', align: 'right' },
    { heading: 'bytes est.', align: 'right' },
    { heading: 'bytes', align: 'right' },
    { heading: 'q', align: 'right' },
    { heading: 'shuffled', align: 'right' },
    { heading: 'ms', align: 'right' },
  ];
  const byPath = new Map(metrics.nodes.map((node) => [node.path, node]));
  const rows = nodesFromTheTop(plan).map(({ relation, depth, schemas }) => {
    const headline = headlineOf(relation, schemas);
    const node = byPath.get(relation.path);
    return [`${'  '.repeat(depth)}${headline}`, ...(node === undefined ? [] : costCells(node))];
  });
  return renderTable(columns, rows);
}

function costCells({ rows, bytes, shuffleBytes, seconds, qError }: NodeMetrics): readonly string[] {
  return [
    ...[count(rows.estimated), known(rows, formatCount), factor(qError?.rows)],
    ...[size(bytes.estimated), known(bytes, size), factor(qError?.bytes)],
    shuffleBytes.value === 0 ? '–' : size(shuffleBytes.value),
    seconds === undefined ? '–' : (1000 * seconds).toFixed(1),
  ];
}

function totalsOf({
  inputBytes,
  shuffleBytes,
  packOrder,
  reuse,
  run,
  qError,
}: PlanMetrics): string {
  const figureText = (figure: Figure): string => `${size(figure.value)} (${figure.provenance})`;
  const reuseText =
    reuse === undefined ? 'none' : `${reuse.value.toFixed(3)} (${reuse.provenance})`;
  return [
    `input     ${figureText(inputBytes)}`,
    `shuffled  ${figureText(shuffleBytes)}`,
    `reuse     ${reuseText}`,
    `columns   ${packOrder.join(', ')} (the most read first)`,
    ...(run === undefined
      ? []
      : [
          `run       ${(1000 * run.seconds).toFixed(1)} ms as one query, at most ${size(run.peakMemoryBytes)} held, ${size(run.spilledBytes)} spilled`,
        ]),
    ...(qError === undefined
      ? []
      : [`q-error   rows ${qError.rows.toFixed(2)}, bytes ${qError.bytes.toFixed(2)} (medians)`]),
  ].join('\n');
}

function schemasOf(plan: Plan): string {
  const lines = nodesFromTheTop(plan).map(({ relation: { path, node, schema } }) => [
    `${path} ${node.kind}`,
    schema.map(({ name, type }) => `${name} ${typeName(type)}`).join(', '),
  ]);
  const width = Math.max(...lines.map(([place]) => place.length));
  const text = lines.map(([place, columns]) => `${place.padEnd(width)}  ${columns}`);
  return `Schemas\n${indented(text.join('\n'))}`;
}

interface Placed {
  readonly relation: Relation;
  readonly depth: number;
  /** Of its inputs. */
  readonly schemas: readonly Relation['schema'][];
}

/** The relations from the plan itself down, each before its inputs. */
function nodesFromTheTop(plan: Plan): readonly Placed[] {
  const relations = relationsOf(plan);
  const visit = (at: number, depth: number): readonly Placed[] => {
    const relation = relations[at];
    const schemas = relation.inputs.map((input) => relations[input].schema);
    return [
      { relation, depth, schemas },
      ...relation.inputs.flatMap((input) => visit(input, depth + 1)),
    ];
  };
  return visit(relations.length - 1, 0);
}

/** The node's own line of the printed plan. */
function headlineOf({ node }: Relation, schemas: Placed['schemas']): string {
  return printPlan(onTables(node, schemas)).split('\n')[0];
}

function known(figure: Figure, text: (value: number) => string): string {
  return figure.provenance === 'estimated' ? '–' : text(figure.value);
}

function count(value: number | undefined): string {
  return value === undefined ? '–' : formatCount(Math.round(value));
}

function size(value: number | undefined): string {
  return value === undefined ? '–' : formatSize(Math.round(value));
}

function factor(value: number | undefined): string {
  return value === undefined ? '–' : value.toFixed(2);
}

function indented(text: string): string {
  return text.replaceAll(/^/gm, '  ');
}
