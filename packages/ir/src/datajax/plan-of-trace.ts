import { isWavetuneError } from '@wavetune/core';
import { irError } from '../ir-errors.ts';
import { checkNesting, MAX_NESTING } from '../nesting.ts';
import type { Plan } from '../nodes.ts';
import { createSchemaOf, verifyPlan } from '../schema.ts';
import { joinOfDatajax } from './join-of-trace.ts';
import { planOfStep } from './step-of-trace.ts';
import type { DatajaxJoin, DatajaxTrace } from './trace.ts';

/** The tables that a trace runs on. */
export interface DatajaxTables {
  /** Has at least the columns of the trace's input step. */
  readonly input: Plan;
  /** The right side of each join, by the tag that {@link rhsTagsOf} gives. */
  readonly rhs: Readonly<Record<string, Plan>>;
  /** How many parts a repartition asks for, of which a trace says nothing; 1 where it is left out. */
  readonly parts?: number;
}

/** A table that a trace needs. */
export interface DatajaxTag {
  readonly tag: string;
  /** JSON path of its join in the trace. */
  readonly path: string;
  readonly columns: readonly string[] | undefined;
}

/**
 * What must be bound, in the order of the trace. A join without a tag, as datajax itself writes every join, goes by its
 * place: `step3` for the step at `$[3]`.
 */
export function rhsTagsOf(trace: DatajaxTrace): readonly DatajaxTag[] {
  return trace.flatMap((step, i) =>
    step.type === 'join'
      ? [{ tag: tagOf(step, i), path: `$[${i}]`, columns: step.right_columns }]
      : [],
  );
}

/**
 * The plan that a trace means, with the tables in their places. Nulls are SQL's; the README says where pandas differs.
 *
 * @throws WavetuneError `ir.unbound-table`, `ir.bad-suffixes`, `ir.unknown-column`, `ir.wrong-type`, `ir.bad-trace`,
 * each with the path in the trace, and `ir.too-deep`.
 */
export function planOfDatajaxTrace(trace: DatajaxTrace, tables: DatajaxTables): Plan {
  checkNesting(trace);
  verifyPlan(tables.input);
  const schemaOf = createSchemaOf();
  let depth = 0;
  const plan = trace.reduce<Plan>((input, step, i) => {
    const path = `$[${i}]`;
    const below = { input, schema: schemaOf(input), path };
    const next =
      step.type === 'join'
        ? joinOfDatajax(step, boundTable(step, tables, i), below)
        : planOfStep(step, below, tables.parts ?? 1);
    if (next !== input && ++depth > MAX_NESTING)
      throw irError('ir.too-deep', { limit: MAX_NESTING });
    refusedAt(path, () => schemaOf(next));
    return next;
  }, tables.input);
  return verifyPlan(plan);
}

function boundTable(step: DatajaxJoin, { rhs }: DatajaxTables, place: number): Plan {
  const tag = tagOf(step, place);
  if (Object.hasOwn(rhs, tag)) return verifyPlan(rhs[tag]);
  const path = `$[${place}].rhs_tag`;
  throw irError('ir.unbound-table', { path, tag, bound: Object.keys(rhs) });
}

function tagOf(step: DatajaxJoin, place: number): string {
  return step.rhs_tag ?? `step${place}`;
}

/** What remains to be refused of a step, such as two columns of one name, under the path of the step. */
function refusedAt(path: string, derive: () => unknown): void {
  try {
    derive();
  } catch (error) {
    if (!isWavetuneError(error)) throw error;
    const details = { ...error.details, path } as never;
    throw irError(error.code as Parameters<typeof irError>[0], details, { cause: error });
  }
}
