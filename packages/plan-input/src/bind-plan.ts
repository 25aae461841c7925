import type { Engine } from '@wavetune/engine';
import {
  type DatajaxTrace,
  type Plan,
  planOfDatajaxTrace,
  rhsTagsOf,
  type ScalarType,
  type Scan,
  scan,
  schemaOf,
  verifyPlan,
} from '@wavetune/ir';
import { assumedTypes, type TypeOf } from './assumed-types.ts';
import { leavesOf, replaceLeaves } from './leaves.ts';
import type { PlanFile } from './plan-file.ts';
import { planInputError } from './plan-input-errors.ts';
import { describeTable, scanOf, tableFormatOf } from './table-file.ts';

/** The files that a command line gives for the tables of a plan. */
export interface TableFiles {
  /** For the plan's input: its first scan. */
  readonly sample?: string;
  /** For the others, by name. */
  readonly rhs: Readonly<Record<string, string>>;
}

/** What binding needs beside the plan. */
export interface Binding {
  readonly files: TableFiles;
  /** Ranks, over which a datajax trace spreads its repartitions. */
  readonly worldSize: number;
  readonly engine: Engine;
}

/** A plan over what was given for its tables. */
export interface BoundPlan {
  readonly plan: Plan;
  /** Tables without rows: their names and the options that would give them. A plan with any of them cannot run. */
  readonly unbound: readonly { readonly table: string; readonly option: string }[];
  /** Columns of those whose types nothing says, so that they were told from their use. */
  readonly assumed: readonly string[];
}

/** What a trace calls the table that it begins with. */
const INPUT = 'input';

/**
 * The plan over the files given; a plan of ours keeps the files that it names where nothing else is given.
 *
 * @throws WavetuneError `plan-input.*`, `ir.*`, `engine.cannot-read`
 */
export async function bindPlan(file: PlanFile, binding: Binding): Promise<BoundPlan> {
  return file.format === 'datajax'
    ? await bindTrace(file.trace, binding)
    : await bindOwnPlan(file.plan, binding);
}

/**
 * The plan, once all of its tables have rows.
 *
 * @throws WavetuneError `plan-input.unbound`
 */
export function requireBound({ plan, unbound }: BoundPlan): Plan {
  if (unbound.length > 0) throw planInputError('plan-input.unbound', unbound[0]);
  return plan;
}

async function bindTrace(trace: DatajaxTrace, binding: Binding): Promise<BoundPlan> {
  const { files, worldSize, engine } = binding;
  const [first] = trace;
  const inputColumns = first.type === 'input' ? first.schema : [];
  const tags = rhsTagsOf(trace);
  checkTags(
    files.rhs,
    tags.map(({ tag }) => tag),
  );
  const wanted = [
    { table: INPUT, path: files.sample, columns: inputColumns },
    ...tags.map(({ tag, columns }) => ({ table: tag, path: fileOf(files, tag), columns })),
  ];
  const described = await Promise.all(
    wanted.map(async ({ path, columns }) =>
      path === undefined ? undefined : scanOf(await describeTable(engine, path), columns),
    ),
  );
  const typeOf = assumedTypes(trace, typesOf(described.filter((table) => table !== undefined)));
  const tables = described.map(
    (table, i) => table ?? assumedTable(wanted[i].table, wanted[i].columns, typeOf),
  );
  const [input, ...sides] = tables;
  const rhs = Object.fromEntries(tags.map(({ tag }, i) => [tag, sides[i]]));
  const missing = wanted.filter(({ path }) => path === undefined);
  return {
    plan: planOfDatajaxTrace(trace, { input, rhs, parts: worldSize }),
    unbound: missing.map(({ table }) => unbound(table, table === INPUT)),
    assumed: missing.flatMap(({ table, columns = [] }) =>
      columns.map((name) => `${table}.${name} ${typeOf(name).kind}`),
    ),
  };
}

/** The scalar columns of tables by name; of equal names the first. */
function typesOf(tables: readonly Plan[]): ReadonlyMap<string, ScalarType> {
  const types = new Map<string, ScalarType>();
  for (const { name, type } of tables.flatMap(schemaOf)) {
    if (type.kind !== 'list' && type.kind !== 'struct' && !types.has(name)) types.set(name, type);
  }
  return types;
}

/** @throws WavetuneError `plan-input.unbound` where the trace does not say which columns the table has. */
function assumedTable(name: string, columns: readonly string[] | undefined, typeOf: TypeOf): Plan {
  if (columns === undefined || columns.length === 0) {
    throw planInputError('plan-input.unbound', unbound(name, name === INPUT));
  }
  const typed = columns.map((column) => ({ name: column, type: typeOf(column) }));
  return scan({ format: 'table', name, columns: typed });
}

async function bindOwnPlan(plan: Plan, { files }: Binding): Promise<BoundPlan> {
  const leaves = leavesOf(plan);
  const [, ...others] = leaves;
  checkTags(
    files.rhs,
    others.flatMap(({ name }) => name ?? []),
  );
  const bound = await Promise.all(
    leaves.map(async ({ scan: leaf, name }, position) => {
      const path = position === 0 ? files.sample : fileOf(files, name);
      return path === undefined ? leaf : await bindScan(leaf, path);
    }),
  );
  return {
    plan: verifyPlan(replaceLeaves(plan, (_, position) => bound[position])),
    unbound: bound.flatMap(({ source }, position) =>
      source.format === 'table' ? [unbound(source.name, position === 0)] : [],
    ),
    assumed: [],
  };
}

/** The scan over the rows of a file, its columns and their types as the plan declares them. */
async function bindScan({ source }: Scan, path: string): Promise<Scan> {
  switch (source.format) {
    case 'values':
      throw planInputError('plan-input.not-bindable', { what: 'the first table' });
    case 'json_lines':
      return scan({ ...source, files: [path] });
    case 'lines':
    case 'documents':
      return scan({ format: source.format, files: [path] });
    case 'table':
      return scan({ format: await tableFormatOf(path), files: [path], columns: source.columns });
    default: {
      const { columns, position } = source;
      const rows = { format: await tableFormatOf(path), files: [path], columns };
      return scan({ ...rows, ...(position && { position }) });
    }
  }
}

function fileOf({ rhs }: TableFiles, name: string | undefined): string | undefined {
  return name !== undefined && Object.hasOwn(rhs, name) ? rhs[name] : undefined;
}

function checkTags(rhs: Readonly<Record<string, string>>, known: readonly string[]): void {
  const tag = Object.keys(rhs).find((name) => !known.includes(name));
  if (tag !== undefined) throw planInputError('plan-input.unknown-tag', { tag, known });
}

function unbound(table: string, isInput: boolean) {
  return { table, option: isInput ? '--sample FILE' : `--rhs ${table}=FILE` };
}
