import { type Aggregate, F64, type Plan, type Schema, schemaOf } from '@wavetune/ir';
import { fixedBytes, type MeasuredNode, type Relation, withInputs } from '@wavetune/metrics';
import { dropStage, duckdb, type ResolveFile, stageAs, toSql, widthsOf } from '@wavetune/sql';
import { measureWidths, numbersOf, toWidths, varyingIn, type Widths } from './column-widths.ts';
import { type OperatorProfile, type Profile, runProfile } from './profile.ts';
import { checkInterrupted, type Run } from './session.ts';

/** A relation that was measured, and how what reads it gets its rows. */
export interface Stage {
  readonly measured: MeasuredNode;
  /** Reads its table, or computes it from those of relations below. */
  readonly rows: Plan;
  /** Tables that nothing needs once what reads the relation is kept. */
  readonly tables: readonly string[];
  /** Relations that `rows` computes. */
  readonly computed: number;
  /** What computing `rows` takes the engine's threads together. */
  readonly seconds: number;
}

export interface StageOptions {
  readonly run: Run;
  readonly resolve: ResolveFile;
  readonly relations: readonly Relation[];
  /** The stage of a relation that an earlier pass left, so that it and all below it are not run again. */
  readonly ready?: ReadonlyMap<number, Stage>;
  /** True for a relation whose rows are to stay when all is done. */
  readonly stays?: (relation: number) => boolean;
}

/** Rows pass through these one by one; to compute them anew costs less than to keep what they give. */
const STREAMING: ReadonlySet<Plan['kind']> = new Set(['scan', 'filter', 'project', 'extend']);

/** Streaming relations in a row that are computed anew for each of them. Chosen: so a chain of n costs n, not its square. */
const MAX_COMPUTED = 8;

/**
 * Measures every relation, in their order.
 *
 * An engine fuses, reorders and drops operators, and stops reading once a limit is full, so its profile of one query cannot
 * say what a relation has. Here every relation is a query of its own that computes all of its columns: one that streams
 * over its inputs' queries and is only counted, any other is kept, in its order, in a temporary table until what reads it is
 * kept. So counts are exact whatever the engine does. `seconds` are those of the relation's query above those of its
 * inputs', without the counting and the keeping; of one that is kept at least those of the operators that do not stream.
 * 0 where the engine saves more below than it adds, as with a filter that lets it skip what it would read.
 */
export async function stageRelations(options: StageOptions): Promise<readonly Stage[]> {
  const { run, relations, ready } = options;
  const stages: Stage[] = [];
  for (const [at, relation] of relations.entries()) {
    checkInterrupted(run);
    stages.push(ready?.get(at) ?? (await stageRelation(options, stages, relation)));
  }
  await dropTables(run, stages.at(-1)?.tables ?? []);
  return stages;
}

async function stageRelation(
  options: StageOptions,
  stages: readonly Stage[],
  { node, path, inputs }: Relation,
): Promise<Stage> {
  const { run, resolve, stays } = options;
  const below = inputs.map((at) => stages[at]);
  const rows = withInputs(
    node,
    below.map((input) => input.rows),
  );
  if (node.kind === 'scan' && node.source.format === 'table') {
    const widths = await measureWidths(run, rows, resolve);
    const measured = { path, ...widths, seconds: 0 };
    return { measured, rows, tables: [], computed: 0, seconds: 0 };
  }
  const isKept = stays?.(stages.length) ?? false;
  if (node.kind === 'repartition' && !isKept) {
    const { rows: count, columnBytes } = below[0].measured;
    return { ...below[0], measured: { path, rows: count, columnBytes, seconds: 0 } };
  }
  const computed = below.reduce((sum, input) => sum + input.computed, 1);
  const secondsBelow = below.reduce((sum, input) => sum + input.seconds, 0);
  const added = (seconds: number): number => Math.max(0, seconds - secondsBelow);
  if (STREAMING.has(node.kind) && computed <= MAX_COMPUTED && !isKept) {
    const { widths, seconds } = await countRelation(options, rows, `wavetune_count`);
    const tables = below.flatMap((input) => input.tables);
    return {
      measured: { path, ...widths, seconds: added(seconds) },
      rows,
      tables,
      computed,
      seconds,
    };
  }
  const table = `wavetune_stage_${stages.length}`;
  const spent = await keepRelation(options, rows, table);
  const kept = tableScan(table, schemaOf(rows));
  const measured: MeasuredNode = {
    path,
    ...(await measureWidths(run, kept, resolve)),
    seconds: Math.max(added(spent.seconds), spent.ownSeconds),
    ...(await singletonsOf(options, rows)),
  };
  await dropTables(
    run,
    below.flatMap((input) => input.tables),
  );
  return { measured, rows: kept, tables: isKept ? [] : [table], computed: 0, seconds: 0 };
}

/** DuckDB's operator for an aggregate without groups; what streams holds none of its own. */
const COUNTING_OPERATOR = 'UNGROUPED_AGGREGATE';

type Place = Pick<StageOptions, 'run' | 'resolve'>;

/** Computes the rows and keeps their number and widths alone. */
async function countRelation(
  { run, resolve }: Place,
  rows: Plan,
  table: string,
): Promise<{ readonly widths: Widths; readonly seconds: number }> {
  const schema = schemaOf(rows);
  const varying = varyingIn(schema);
  const others = schema.filter(({ type }) => fixedBytes(type) !== undefined);
  const query = widthsOf(toSql(rows, { dialect: duckdb, resolve }), varying, others);
  const columns = Array.from({ length: schema.length + 1 }, (_, i) => ({
    name: `c${i}`,
    type: F64,
  }));
  const profile = await runProfile(run.connection, stageAs(query, table, columns));
  const counts = toSql(tableScan(table, columns), { dialect: duckdb, resolve });
  const numbers = await numbersOf(run, counts);
  await dropTables(run, [table]);
  const below = operatorsOf(profile).filter(({ name }) => name !== COUNTING_OPERATOR);
  return { widths: toWidths(numbers, schema), seconds: secondsOf(below) };
}

/** What computing the rows of a plan took, and of that the operators that do not stream. */
interface Spent {
  readonly seconds: number;
  readonly ownSeconds: number;
}

/** DuckDB's operators for what streams: of a relation that is kept they belong to its inputs. */
const STREAMING_OPERATORS: ReadonlySet<string> = new Set([
  'TABLE_SCAN',
  'COLUMN_DATA_SCAN',
  'FILTER',
  'PROJECTION',
  'STREAMING_WINDOW',
]);

/** Keeps the rows of a plan under a name until the connection ends. */
export async function keepRelation(
  { run, resolve }: Place,
  rows: Plan,
  table: string,
): Promise<Spent> {
  const sql = stageAs(toSql(rows, { dialect: duckdb, resolve }), table, schemaOf(rows));
  const below = operatorsOf(await runProfile(run.connection, sql));
  const own = below.filter(({ name }) => !STREAMING_OPERATORS.has(name));
  return { seconds: secondsOf(below), ownSeconds: secondsOf(own) };
}

export function tableScan(name: string, columns: Schema): Plan {
  return { kind: 'scan', source: { format: 'table', name, columns } };
}

async function dropTables(run: Run, tables: readonly string[]): Promise<void> {
  for (const table of tables) await run.connection.run(dropStage(table));
}

/** Of an aggregate with groups: its groups of one row, found by its groups alone. */
async function singletonsOf(
  { run, resolve }: Place,
  rows: Plan,
): Promise<Pick<MeasuredNode, 'singletons'>> {
  if (rows.kind !== 'aggregate' || rows.groups.length === 0) return {};
  const sql = toSql(singleGroups(rows), { dialect: duckdb, resolve });
  return { singletons: (await numbersOf(run, sql))[0] };
}

function singleGroups(aggregate: Aggregate): Plan {
  const size = `${aggregate.groups.map(({ name }) => name).join('')}#`;
  const count = { kind: 'measure', name: size, fn: 'count', args: [], orderBy: [] } as const;
  const one = { kind: 'lit', type: { kind: 'i64' }, value: '1' } as const;
  const input: Plan = {
    kind: 'filter',
    input: { ...aggregate, measures: [count] },
    predicate: { kind: 'call', fn: 'eq', args: [{ kind: 'col', name: size }, one] },
  };
  return { kind: 'aggregate', input, groups: [], measures: [count] };
}

/** All operators but the topmost, which is ours: it keeps the rows. */
function operatorsOf({ operators }: Profile): readonly OperatorProfile[] {
  const all = (operator: OperatorProfile): readonly OperatorProfile[] => [
    operator,
    ...operator.children.flatMap(all),
  ];
  return operators.flatMap(({ children }) => children).flatMap(all);
}

function secondsOf(operators: readonly OperatorProfile[]): number {
  return operators.reduce((total, { seconds }) => total + seconds, 0);
}
