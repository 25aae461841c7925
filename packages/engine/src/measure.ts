import { type Aggregate, optimizePlan, type Plan, type Schema } from '@wavetune/ir';
import {
  type MeasuredNode,
  type MeasuredPlan,
  onTables,
  type Relation,
  relationsOf,
} from '@wavetune/metrics';
import { dropStage, duckdb, stageAs, toSql } from '@wavetune/sql';
import { measureWidths, numbersOf } from './column-widths.ts';
import { type OperatorProfile, type Profile, runProfile } from './profile.ts';
import { checkInterrupted, inRun, type Run, type Session } from './session.ts';
import { settleFiles } from './settle.ts';

/** A relation whose rows lie in a temporary table. */
interface Stage {
  readonly table: string;
  readonly measured: MeasuredNode;
}

interface Staging {
  readonly run: Run;
  readonly resolve: Awaited<ReturnType<typeof settleFiles>>;
  readonly relations: readonly Relation[];
  readonly stages: Stage[];
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
    const whole = optimizePlan(plan);
    const resolve = await settleFiles(session, run, plan);
    const profile = await runProfile(run.connection, toSql(whole, { dialect: duckdb, resolve }));
    const staging: Staging = { run, resolve, relations: relationsOf(plan), stages: [] };
    for (const relation of staging.relations) {
      checkInterrupted(run);
      staging.stages.push(await stageRelation(staging, relation));
    }
    const { seconds, peakMemoryBytes, spilledBytes } = profile;
    const nodes = staging.stages.map(({ measured }) => measured);
    return { nodes, run: { seconds, peakMemoryBytes, spilledBytes } };
  });
}

async function stageRelation(staging: Staging, relation: Relation): Promise<Stage> {
  const { run, resolve, relations, stages } = staging;
  const { node, path, inputs, schema } = relation;
  const below = inputs.map((at) => stages[at]);
  if (node.kind === 'repartition') {
    return { table: below[0].table, measured: { ...below[0].measured, path, seconds: 0 } };
  }
  const alone = onTables(
    node,
    inputs.map((at) => relations[at].schema),
    (input) => below[input].table,
  );
  const table = `wavetune_stage_${stages.length}`;
  const profile = await runProfile(
    run.connection,
    stageAs(toSql(alone, { dialect: duckdb, resolve }), table),
  );
  const widths = await measureWidths(run, tableScan(table, schema), resolve);
  const singletons =
    node.kind === 'aggregate' && node.groups.length > 0
      ? { singletons: await countSingletons(staging, alone as Aggregate) }
      : {};
  for (const stage of below) await run.connection.run(dropStage(stage.table));
  return {
    table,
    measured: { path, ...widths, seconds: relationSeconds(profile), ...singletons },
  };
}

function tableScan(name: string, columns: Schema): Plan {
  return { kind: 'scan', source: { format: 'table', name, columns } };
}

/** Groups of one row, by the aggregate's groups alone. */
async function countSingletons({ run, resolve }: Staging, alone: Aggregate): Promise<number> {
  const size = `${alone.groups.map(({ name }) => name).join('')}#`;
  const count = { kind: 'measure', fn: 'count', args: [], orderBy: [] } as const;
  const singles: Plan = {
    kind: 'aggregate',
    input: {
      kind: 'filter',
      input: { ...alone, measures: [{ ...count, name: size }] },
      predicate: {
        kind: 'call',
        fn: 'eq',
        args: [
          { kind: 'col', name: size },
          { kind: 'lit', type: { kind: 'i64' }, value: '1' },
        ],
      },
    },
    groups: [],
    measures: [{ ...count, name: size }],
  };
  return (await numbersOf(run, toSql(singles, { dialect: duckdb, resolve })))[0];
}

/** Time of all operators but the one that keeps the rows. */
function relationSeconds({ operators }: Profile): number {
  const sum = ({ seconds, children }: OperatorProfile): number =>
    children.reduce((total, child) => total + sum(child), seconds);
  return operators.flatMap(({ children }) => children).reduce((total, op) => total + sum(op), 0);
}
