import { assertNever } from '@wavetune/core';
import type { Plan, Scan } from '@wavetune/ir';

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
  const rebuild = (node: Plan): Plan => {
    switch (node.kind) {
      case 'scan':
        return replace(node, position++);
      case 'join':
        return { ...node, left: rebuild(node.left), right: rebuild(node.right) };
      case 'union':
        return { ...node, inputs: node.inputs.map(rebuild) };
      default:
        return { ...node, input: rebuild(node.input) };
    }
  };
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

/** The relations directly below `plan`, in the order in which they are written. */
function inputsOf(plan: Plan): readonly Plan[] {
  switch (plan.kind) {
    case 'scan':
      return [];
    case 'join':
      return [plan.left, plan.right];
    case 'union':
      return plan.inputs;
    default:
      return [plan.input];
  }
}
