import { renderTable, type TableColumn } from '@wavetune/cli';
import { formatCount, formatSize } from '@wavetune/core';
import { optimizeInSteps, type Plan, printPlan, typeName } from '@wavetune/ir';
import { type Figure, type NodeMetrics, type PlanMetrics, relationsOf } from '@wavetune/metrics';
import {
  type BoundPlan,
  bytesText,
  countText,
  type PlanFile,
  qErrorLines,
  sampleLines,
} from '@wavetune/plan-input';
import type { ParquetRead } from './parquet-reads.ts';
import { planLines } from './plan-lines.ts';

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
  readonly reads: readonly ParquetRead[];
}

/** For people: what runs and what it costs, the schemas, the SQL, and on request what each pass did. */
export function reportOf(explained: Explained, { passes }: { readonly passes: boolean }): string {
  const { bound, plan } = explained;
  return [
    headOf(explained),
    ...(passes ? [passesOf(bound.plan)] : []),
    costsOf(explained),
    totalsOf(explained.metrics),
    ...(explained.reads.length === 0 ? [] : [readsOf(explained.reads)]),
    schemasOf(plan),
    `SQL\n${indented(explained.sql)}`,
  ].join('\n\n');
}

/** The same for scripts. */
export function summaryOf({ path, format, bound, plan, metrics, sql, reads }: Explained) {
  return {
    ...{ path, format, sql, unbound: bound.unbound.map(({ table }) => table) },
    written: printPlan(bound.plan),
    runs: printPlan(plan),
    schemas: relationsOf(plan).map(({ path: at, schema }) => ({
      path: at,
      columns: schema.map(({ name, type }) => ({ name, type: typeName(type) })),
    })),
    reads,
    metrics: { ...metrics },
  };
}

function headOf({ path, format, bound, metrics }: Explained): string {
  const unbound = bound.unbound.map(
    ({ table, option }) => `not run   the table ${table} has no rows; give ${option}`,
  );
  const assumed =
    bound.assumed.length === 0 ? [] : [`assumed   types told by use: ${bound.assumed.join(', ')}`];
  const ranks = countText(metrics.worldSize, 'rank');
  return [
    `plan      ${path} (${format}), ${countText(metrics.nodes.length, 'node')} as it runs, ${ranks}`,
    ...sampleLines(metrics),
    ...unbound,
    ...assumed,
  ].join('\n');
}

function passesOf(written: Plan): string {
  const sections = [`As it was written\n${indented(printPlan(written))}`];
  let before = written;
  for (const { pass, plan } of optimizeInSteps(written)) {
    const isSame = plan === before;
    sections.push(
      isSame ? `${pass} changes nothing` : `After ${pass}\n${indented(printPlan(plan))}`,
    );
    before = plan;
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
  const rows = planLines(plan).map(({ relation, depth, text }) => {
    const node = byPath.get(relation.path);
    return [`${'  '.repeat(depth)}${text}`, ...(node === undefined ? [] : costCells(node))];
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

function totalsOf(metrics: PlanMetrics): string {
  const { inputBytes, shuffleBytes, packOrder, reuse, run } = metrics;
  const reuseText =
    reuse === undefined ? 'none' : `${reuse.value.toFixed(3)} (${reuse.provenance})`;
  return [
    `input     ${bytesText(inputBytes)}`,
    `shuffled  ${bytesText(shuffleBytes)}`,
    `reuse     ${reuseText}`,
    `columns   ${packOrder.join(', ')} (the most read first)`,
    ...(run === undefined
      ? []
      : [
          `run       ${(1000 * run.seconds).toFixed(1)} ms as one query, at most ${size(run.peakMemoryBytes)} held, ${size(run.spilledBytes)} spilled`,
        ]),
    ...qErrorLines(metrics),
  ].join('\n');
}

function readsOf(reads: readonly ParquetRead[]): string {
  const lines = reads.map(({ file, columns, ofColumns, filter }) => {
    const rows = filter === undefined ? 'every row' : `rows that pass ${filter}`;
    return `${file}: ${columns.length} of ${ofColumns} columns (${columns.join(', ')}), ${rows}`;
  });
  return `Read of Parquet\n${indented(lines.join('\n'))}`;
}

function schemasOf(plan: Plan): string {
  const lines = planLines(plan).map(({ relation: { path, node, schema } }) => [
    `${path} ${node.kind}`,
    schema.map(({ name, type }) => `${name} ${typeName(type)}`).join(', '),
  ]);
  const width = Math.max(...lines.map(([place]) => place.length));
  const text = lines.map(([place, columns]) => `${place.padEnd(width)}  ${columns}`);
  return `Schemas\n${indented(text.join('\n'))}`;
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
