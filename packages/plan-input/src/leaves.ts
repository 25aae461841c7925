import { assertNever } from '@wavetune/core';
import { inputsOf, type Plan, type Scan } from '@wavetune/ir';
import { withInputs } from '@wavetune/metrics';

/** A scan of a plan, and the name by which a command line binds it. */
export interface Leaf {
  readonly scan: Scan;
  /** The name of a table, or of a file without folder and endings; undefined where rows stand in the plan itself. */
  readonly name: string | undefined;
}

/** The scans from left to right; the first is what the plan calls its input. */
export function leavesOf(plan: Plan): readonly Leaf[] {
  if (plan.kind !== 'scan') return inputsOf(plan).flatMap(leavesOf);
  return [{ scan: plan, name: nameOf(plan) }];
}

/** The files that the scans of a plan name, each once. */
export function filesIn(plan: Plan): readonly string[] {
  const files = leavesOf(plan).flatMap(({ scan: { source } }) =>
    source.format === 'table' || source.format === 'values' ? [] : source.files,
  );
  return [...new Set(files)];
}

/** The plan with its scans replaced from left to right. */
export function replaceLeaves(plan: Plan, replace: (scan: Scan, position: number) => Plan): Plan {
  let position = 0;
  const rebuild = (node: Plan): Plan =>
    node.kind === 'scan'
      ? replace(node, position++)
      : withInputs(node, inputsOf(node).map(rebuild));
  return rebuild(plan);
}

function nameOf({ source }: Scan): string | undefined {
  switch (source.format) {
    case 'table':
      return source.name;
    case 'values':
      return undefined;
    case 'parquet':
    case 'csv':
    case 'json_lines':
    case 'lines':
    case 'documents':
      return stemOf(source.files[0]);
    default:
      return assertNever(source, 'source');
  }
}

function stemOf(file: string): string {
  const base = file.slice(file.lastIndexOf('/') + 1);
  const dot = base.indexOf('.', 1);
  return dot === -1 ? base : base.slice(0, dot);
}
