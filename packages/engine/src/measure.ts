import { type Aggregate, optimizePlan, type Plan, type Schema } from '@wavetune/ir';
import {
  type MeasuredNode,
  type MeasuredPlan,
  type MeasuredRun,
  onTables,
  type Relation,
  relationsOf,
} from '@wavetune/metrics';
import { dropStage, duckdb, type ResolveFile, stageAs, toSql } from '@wavetune/sql';
import { measureWidths, numbersOf } from './column-widths.ts';
import { type OperatorProfile, type Profile, runProfile } from './profile.ts';
import { checkInterrupted, inRun, type Run, type Session } from './session.ts';
import { settleFiles } from './settle.ts';

/** A relation whose rows lie in a table. */
export interface Stage {
  readonly table: string;
  readonly measured: MeasuredNode;
  /** The table is the user's, or needed again: what reads it leaves it. */
  readonly stays: boolean;
}

export interface StageOptions {
  readonly run: Run;
  readonly resolve: ResolveFile;
  readonly relations: readonly Relation[];
  /** The stage of a relation that an earlier pass left, so that it and all below it are not run again. */
  readonly ready?: ReadonlyMap<number, Stage>;
  /** True for a relation whose rows are to stay. */
  readonly stays?: (relation: number) => boolean;
}

/**
 * What the plan costs as one query, then what each relation has.
 *
 * An engine fuses, reorders and drops operators, and stops reading once a limit is full, so its profile of the one query
 * cannot say what a relation has. Here each relation is a query of its own over its inputs' rows, kept in a temporary table
 * in their order until what reads them is done; so counts are exact whatever the engine does, and `seconds` are those of
 * the operators that this relation alone needs, the reading of its input included and the keeping of its rows not.
 */
export function measurePlan(session: Session, plan: Plan): Promise<MeasuredPlan> {
  return inRun(session, async (run) => {
    const resolve = await settleFiles(session, run, plan);
    const whole = await measureWhole(run, plan, resolve);
    const stages = await stageRelations({ run, resolve, relations: relationsOf(plan) });
    return { nodes: stages.map(({ measured }) => measured), run: whole };
  });
}

/** The plan as one query, as it runs otherwise. */
export async function measureWhole(
  run: Run,
  plan: Plan,
  resolve: ResolveFile,
): Promise<MeasuredRun> {
  const sql = toSql(optimizePlan(plan), { dialect: duckdb, resolve });
  const { seconds, peakMemoryBytes, spilledBytes } = await runProfile(run.connection, sql);
  return { seconds, peakMemoryBytes, spilledBytes };
}

/** Every relation's stage, in their order; afterwards only the tables of those that stay are left. */
export async function stageRelations(options: StageOptions): Promise<readonly Stage[]> {
  const { run, relations, ready } = options;
  const stages: Stage[] = [];
  for (const [at, relation] of relations.entries()) {
    checkInterrupted(run);
    stages.push(ready?.get(at) ?? (await stageRelation(options, stages, relation)));
  }
  await dropStages(run, stages.slice(-1));
  return stages;
}

async function stageRelation(
  { run, resolve, relations, stays }: StageOptions,
  stages: readonly Stage[],
  { node, path, inputs, schema }: Relation,
): Promise<Stage> {
  const below = inputs.map((at) => stages[at]);
  if (node.kind === 'repartition') {
    const [input] = below;
    const measured = { ...input.measured, path, seconds: 0 };
    return { ...input, measured, stays: input.stays || (stays?.(stages.length) ?? false) };
  }
  if (node.kind === 'scan' && node.source.format === 'table') {
    const measured = { path, ...(await measureWidths(run, node, resolve)), seconds: 0 };
    return { table: node.source.name, measured, stays: true };
  }
  const alone = onTables(
    node,
    inputs.map((at) => relations[at].schema),
    (input) => below[input].table,
  );
  const table = `wavetune_stage_${stages.length}`;
  const profile = await stagePlan(run, { plan: alone, table, resolve });
  const measured: MeasuredNode = {
    path,
    ...(await measureWidths(run, tableScan(table, schema), resolve)),
    seconds: relationSeconds(profile),
    ...(await singletonsOf(run, alone, resolve)),
  };
  await dropStages(run, below);
  return { table, measured, stays: stays?.(stages.length) ?? false };
}

/** Keeps the rows of a plan under a name until the connection ends. */
export function stagePlan(
  run: Run,
  {
    plan,
    table,
    resolve,
  }: {
    readonly plan: Plan;
    readonly table: string;
    readonly resolve: ResolveFile;
  },
): Promise<Profile> {
  return runProfile(run.connection, stageAs(toSql(plan, { dialect: duckdb, resolve }), table));
}

async function dropStages(run: Run, stages: readonly Stage[]): Promise<void> {
  for (const { table, stays } of stages) {
    if (!stays) await run.connection.run(dropStage(table));
  }
}

export function tableScan(name: string, columns: Schema): Plan {
  return { kind: 'scan', source: { format: 'table', name, columns } };
}

/** Of an aggregate with groups: its groups of one row, found by its groups alone. */
async function singletonsOf(
  run: Run,
  alone: Plan,
  resolve: ResolveFile,
): Promise<Pick<MeasuredNode, 'singletons'>> {
  if (alone.kind !== 'aggregate' || alone.groups.length === 0) return {};
  const sql = toSql(singleGroups(alone), { dialect: duckdb, resolve });
  return { singletons: (await numbersOf(run, sql))[0] };
}

function singleGroups(alone: Aggregate): Plan {
  const size = `${alone.groups.map(({ name }) => name).join('')}#`;
  const count = { kind: 'measure', name: size, fn: 'count', args: [], orderBy: [] } as const;
  const one = { kind: 'lit', type: { kind: 'i64' }, value: '1' } as const;
  const input: Plan = {
    kind: 'filter',
    input: { ...alone, measures: [count] },
    predicate: { kind: 'call', fn: 'eq', args: [{ kind: 'col', name: size }, one] },
  };
  return { kind: 'aggregate', input, groups: [], measures: [count] };
}

/** Time of all operators but the one that keeps the rows. */
function relationSeconds({ operators }: Profile): number {
  const sum = ({ seconds, children }: OperatorProfile): number =>
    children.reduce((total, child) => total + sum(child), seconds);
  return operators.flatMap(({ children }) => children).reduce((total, op) => total + sum(op), 0);
}
