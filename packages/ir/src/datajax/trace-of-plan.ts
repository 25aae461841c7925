import { canonicalJson } from '@wavetune/core';
import { irError } from '../ir-errors.ts';
import type { Aggregate, Expr, Join, Named, Plan, Repartition, Scan } from '../nodes.ts';
import { schemaOf, verifyPlan } from '../schema.ts';
import { BOOL, I64, isSameSchema } from '../types.ts';
import { asType, type Typed } from './common-type.ts';
import { datajaxOfExpr } from './expr-of-plan.ts';
import { datajaxOfJoin } from './join-of-plan.ts';
import { joinOfDatajax } from './join-of-trace.ts';
import { type DatajaxTables, planOfDatajaxTrace } from './plan-of-trace.ts';
import { mapStep, projectSteps } from './project-of-plan.ts';
import { AGGS, type DatajaxAggregate, type DatajaxStep, type DatajaxTrace } from './trace.ts';

/** A trace and what it runs on: the tables that the plan scanned, by the tags that the trace gives them. */
export interface BoundDatajaxTrace extends DatajaxTables {
  readonly trace: DatajaxTrace;
  readonly input: Scan;
  readonly rhs: Readonly<Record<string, Scan>>;
}

/**
 * A plan as datajax's steps: filters, projections, computed columns, joins with a table, one measure grouped by one key,
 * repartitions by one column. `planOfDatajaxTrace(bound.trace, bound)` has the plan's schema and rows; how many parts a
 * repartition asks for is lost.
 *
 * @throws WavetuneError `ir.not-expressible` with the path of the node that datajax has no step for.
 */
export function datajaxTraceOfPlan(plan: Plan): BoundDatajaxTrace {
  const schema = schemaOf(verifyPlan(plan));
  const draft: Draft = { steps: [], rhs: new Map(), input: undefined };
  write(plan, '$', draft);
  const { steps, rhs, input } = draft;
  if (input === undefined) throw new Error('a plan without a scan verified');
  const bound = { trace: steps, input, rhs: Object.fromEntries(rhs) };
  if (isSameSchema(schemaOf(planOfDatajaxTrace(steps, bound)), schema)) return bound;
  throw irError('ir.not-expressible', { path: '$', reason: 'its columns would get other types' });
}

/** What is written so far. */
interface Draft {
  readonly steps: DatajaxStep[];
  readonly rhs: Map<string, Scan>;
  input: Scan | undefined;
}

function write(plan: Plan, path: string, draft: Draft): void {
  if (plan.kind === 'scan') {
    draft.input = plan;
    draft.steps.push({ type: 'input', schema: schemaOf(plan).map(({ name }) => name) });
  } else if (plan.kind === 'join') {
    writeJoin(plan, { path, above: undefined }, draft);
  } else if (plan.kind === 'project' && plan.input.kind === 'join') {
    const above = { columns: plan.columns, path };
    writeJoin(plan.input, { path: `${path}.input`, above }, draft);
  } else if (isSimple(plan)) {
    write(plan.input, `${path}.input`, draft);
    draft.steps.push(...stepsOf(plan, path));
  } else {
    throw irError('ir.not-expressible', { path, reason: plan.kind });
  }
}

type Simple = Extract<
  Plan,
  { readonly kind: 'filter' | 'project' | 'extend' | 'aggregate' | 'repartition' }
>;

function isSimple(plan: Plan): plan is Simple {
  return ['filter', 'project', 'extend', 'aggregate', 'repartition'].includes(plan.kind);
}

/** The steps of a node over one input that is written. */
function stepsOf(plan: Simple, path: string): readonly DatajaxStep[] {
  const schema = schemaOf(plan.input);
  switch (plan.kind) {
    case 'filter': {
      const regain = (typed: Typed): Expr | undefined =>
        typed.type.kind === 'bool' || typed.constant === null ? asType(typed, BOOL) : undefined;
      const place = { schema, path: `${path}.predicate`, regain };
      return [{ type: 'filter', predicate: datajaxOfExpr(plan.predicate, place) }];
    }
    case 'project':
      return projectSteps(plan.columns, schema, path);
    case 'extend':
      return plan.columns.map((column, i) => mapStep(column, schema, `${path}.columns[${i}].expr`));
    case 'aggregate':
      return [aggregateStep(plan, path)];
    case 'repartition':
      return [{ type: 'repartition', spec: specOf(plan, path) }];
  }
}

function aggregateStep(plan: Aggregate, path: string): DatajaxAggregate {
  const [group, ...groups] = plan.groups;
  const [measure, ...measures] = plan.measures;
  const agg = AGGS.find((name) => name === measure?.fn);
  if (!group || !measure || groups.length > 0 || measures.length > 0 || !agg) {
    const reason = `an aggregate other than one of ${AGGS.join(', ')} by one key`;
    throw irError('ir.not-expressible', { path, reason });
  }
  const schema = schemaOf(plan.input);
  const [value] = measure.args;
  const takesBool = agg === 'sum' || agg === 'mean';
  return {
    type: 'aggregate',
    key: datajaxOfExpr(group.expr, { schema, path: `${path}.groups[0].expr` }),
    key_alias: group.name,
    value: value
      ? datajaxOfExpr(value, {
          schema,
          path: `${path}.measures[0].args[0]`,
          regain: (typed) =>
            takesBool && typed.type.kind === 'bool' ? asType(typed, I64) : typed.expr,
        })
      : { kind: 'lit', value: 1n },
    value_alias: measure.name,
    agg,
  };
}

function specOf({ by }: Repartition, path: string) {
  const [key, ...more] = by;
  if (key === undefined) return { kind: 'replicated', key: null, axis: null } as const;
  if (key.kind === 'col' && more.length === 0) {
    return { kind: 'key', key: key.name, axis: null } as const;
  }
  throw irError('ir.not-expressible', { path, reason: 'a repartition by other than one column' });
}

interface JoinPlace {
  readonly path: string;
  /** The projection on the join, which says what of its columns is wanted; undefined where there is none. */
  readonly above: { readonly columns: readonly Named[]; readonly path: string } | undefined;
}

function writeJoin(join: Join, { path, above }: JoinPlace, draft: Draft): void {
  write(join.left, `${path}.left`, draft);
  const { step, table, columns } = datajaxOfJoin(join, above?.columns, path);
  const joinStep = { ...step, rhs_tag: bind(table, draft.rhs) };
  draft.steps.push(joinStep);
  const schema = schemaOf(join.left);
  const merged = joinOfDatajax(joinStep, table, { input: join.left, schema, path });
  draft.steps.push(...projectSteps(columns, schemaOf(merged), above?.path ?? path));
}

/** The tag of a table: its name, or its file's, with a number where another table has that. */
function bind(table: Scan, rhs: Map<string, Scan>): string {
  const name = nameOf(table);
  for (let n = 1; ; n++) {
    const tag = n === 1 ? name : `${name}_${n}`;
    const other = rhs.get(tag);
    if (other === undefined) rhs.set(tag, table);
    if (other === undefined || canonicalJson(other) === canonicalJson(table)) return tag;
  }
}

function nameOf({ source }: Scan): string {
  if (source.format === 'table') return source.name;
  if (source.format === 'values') return 'values';
  return /([^/\\]+?)(\.[^/\\]*)?$/.exec(source.files[0])?.[1] ?? 'table';
}
