import { canonicalJson } from '@wavetune/core';
import type { DatajaxStep, DatajaxTrace } from '@wavetune/ir';
import { columnsOf } from './columns-of.ts';

type Filter = Extract<DatajaxStep, { readonly type: 'filter' }>;

/**
 * The steps that datajax counts: before it looks at a trace it rewrites it until nothing changes. Of neighbouring projects
 * and of equal neighbouring repartitions the last stays, neighbouring filters become one, and then each filter, from the
 * first on, goes before the filters and maps in front of it, up to a map whose output it reads.
 *
 * @see strangeloopcanon/datajax at 413f09d, `datajax/planner/optimizer.py`
 */
export function settleTrace(trace: DatajaxTrace): DatajaxTrace {
  for (let steps = trace; ; ) {
    const next = sinkFilters(joinNeighbours(steps));
    if (next.length === steps.length && next.every((step, i) => step === steps[i])) return steps;
    steps = next;
  }
}

function joinNeighbours(trace: DatajaxTrace): DatajaxTrace {
  const joined: DatajaxStep[] = [];
  for (const step of trace) {
    const both = joinedStep(joined.at(-1), step);
    if (both === undefined) joined.push(step);
    else joined[joined.length - 1] = both;
  }
  return joined;
}

function joinedStep(before: DatajaxStep | undefined, step: DatajaxStep): DatajaxStep | undefined {
  if (before?.type === 'project' && step.type === 'project') return step;
  if (before?.type === 'filter' && step.type === 'filter') return bothFilters(before, step);
  if (before?.type === 'repartition' && step.type === 'repartition') {
    return specText(before.spec) === specText(step.spec) ? step : undefined;
  }
  return undefined;
}

function bothFilters(before: Filter, step: Filter): Filter {
  const predicate = { kind: 'logic', op: 'and', left: before.predicate, right: step.predicate };
  return { type: 'filter', predicate: predicate as Filter['predicate'] };
}

function specText({ kind, key = null, axis = null }: Spec): string {
  return canonicalJson({ kind, key, axis });
}

type Spec = Extract<DatajaxStep, { readonly type: 'repartition' }>['spec'];

function sinkFilters(trace: DatajaxTrace): DatajaxTrace {
  const steps = [...trace];
  for (const [at, step] of trace.entries()) {
    if (step.type !== 'filter') continue;
    const read = columnsOf(step.predicate);
    let to = at;
    while (to > 0 && letsPass(steps[to - 1], read)) to--;
    steps.splice(at, 1);
    steps.splice(to, 0, step);
  }
  return steps;
}

function letsPass(step: DatajaxStep, read: ReadonlySet<string>): boolean {
  return step.type === 'filter' || (step.type === 'map' && !read.has(step.output));
}
