import { canonicalJson } from '@wavetune/core';
import { type ColumnFiles, type Plan, type Schema, type Source, schemaOf } from '@wavetune/ir';
import {
  type ColumnStatistics,
  relationsOf,
  scaledDistincts,
  type TableLookup,
  type TableStatistics,
} from '@wavetune/metrics';
import { duckdb, type ResolveFile, toSql } from '@wavetune/sql';
import { measureWidths, numbersOf } from './column-widths.ts';
import { type ColumnChunk, type ParquetFooter, readParquetFooter } from './parquet-footer.ts';
import { inRun, type Run, type Session } from './session.ts';
import { settleFiles } from './settle.ts';

/** Rows from which the mean width of text and lists is taken. Chosen: one vector of DuckDB's. */
const WIDTH_ROWS = 2048;

/**
 * What is known of every source of the plan without running it: of Parquet what the footers say, of other files and of
 * tables the number of rows, which is counted; of all the width of text and lists in the first rows.
 */
export function statisticsOf(session: Session, plan: Plan): Promise<TableLookup> {
  return inRun(session, async (run) => {
    const resolve = await settleFiles(session, run, plan);
    const tables = new Map<string, TableStatistics>();
    for (const { node } of relationsOf(plan)) {
      if (node.kind !== 'scan') continue;
      const key = canonicalJson(node.source);
      if (!tables.has(key)) tables.set(key, await sourceStatistics(run, node.source, resolve));
    }
    return (source) => tables.get(canonicalJson(source));
  });
}

async function sourceStatistics(
  run: Run,
  source: Source,
  resolve: ResolveFile,
): Promise<TableStatistics> {
  const scan: Plan = { kind: 'scan', source };
  const schema = schemaOf(scan);
  const head: Plan = { kind: 'limit', input: scan, count: WIDTH_ROWS, offset: 0 };
  const { rows: headRows, columnBytes } = await measureWidths(run, head, resolve);
  const widths = (name: string): ColumnStatistics =>
    headRows === 0 ? {} : { bytes: columnBytes[name] / headRows };
  if (source.format === 'parquet') {
    const footers = await footersOf(run, source, resolve);
    const known = footerStatistics(footers, schema);
    return {
      ...known,
      columns: mapValues(known.columns ?? {}, (c, name) => ({ ...c, ...widths(name) })),
    };
  }
  const rows = headRows < WIDTH_ROWS ? headRows : await countRows(run, scan, resolve);
  const columns = Object.fromEntries(schema.map(({ name }) => [name, widths(name)]));
  return { rows, columns };
}

export async function footersOf(
  run: Run,
  source: ColumnFiles,
  resolve: ResolveFile,
): Promise<readonly ParquetFooter[]> {
  const footers: ParquetFooter[] = [];
  for (const file of source.files) {
    footers.push(await readParquetFooter(run, resolve(file, 'parquet').path));
  }
  return footers;
}

export async function countRows(run: Run, scan: Plan, resolve: ResolveFile): Promise<number> {
  const counted: Plan = {
    kind: 'aggregate',
    input: scan,
    groups: [],
    measures: [{ kind: 'measure', name: 'rows', fn: 'count', args: [], orderBy: [] }],
  };
  return (await numbersOf(run, toSql(counted, { dialect: duckdb, resolve })))[0];
}

function footerStatistics(footers: readonly ParquetFooter[], schema: Schema): TableStatistics {
  const groups = footers.flatMap(({ rowGroups }) => rowGroups);
  const rows = groups.reduce((sum, group) => sum + group.rows, 0);
  const columns = schema.map(({ name }) => {
    const chunks = groups.map((group) => ({
      rows: group.rows,
      chunk: chunkNamed(group.columns, name),
    }));
    return [name, columnStatistics(chunks, rows)] as const;
  });
  return { rows, columns: Object.fromEntries(columns) };
}

function columnStatistics(
  chunks: readonly { readonly rows: number; readonly chunk: ColumnChunk | undefined }[],
  rows: number,
): ColumnStatistics {
  const known = chunks.flatMap(({ chunk }) => chunk ?? []);
  if (known.length < chunks.length || known.length === 0) return {};
  const all = (key: 'min' | 'max' | 'nulls'): readonly number[] | undefined => {
    const values = known.flatMap((chunk) => chunk[key] ?? []);
    return values.length === known.length ? values : undefined;
  };
  const [mins, maxs, nulls] = [all('min'), all('max'), all('nulls')];
  const nullCount = nulls?.reduce((sum, n) => sum + n, 0);
  const range = mins && maxs && { min: Math.min(...mins), max: Math.max(...maxs) };
  const distincts = distinctsOf(chunks, rows, range);
  return {
    ...range,
    ...(nullCount === undefined || rows === 0 ? {} : { nullShare: nullCount / rows }),
    ...(distincts === undefined ? {} : { distincts }),
  };
}

/**
 * Distinct values that the row group with the most of them, as a sample, stands for; a writer says how many a group has
 * where they fit a dictionary. Whole numbers are at most as many as their range holds, and where nothing is said, that.
 */
function distinctsOf(
  chunks: readonly { readonly rows: number; readonly chunk: ColumnChunk | undefined }[],
  rows: number,
  range: { readonly min: number; readonly max: number } | undefined,
): number | undefined {
  const isWhole = range !== undefined && Number.isInteger(range.min) && Number.isInteger(range.max);
  const room = isWhole ? range.max - range.min + 1 : Number.POSITIVE_INFINITY;
  const samples = chunks.flatMap(({ rows: groupRows, chunk }) =>
    chunk?.distincts === undefined ? [] : [{ rows: groupRows, distincts: chunk.distincts }],
  );
  if (samples.length < chunks.length)
    return Number.isFinite(room) ? Math.min(room, rows) : undefined;
  const scaled = Math.max(...samples.map((sample) => scaledDistincts(sample, rows)));
  return Math.min(scaled, room);
}

function chunkNamed(
  columns: ReadonlyMap<string, ColumnChunk>,
  name: string,
): ColumnChunk | undefined {
  const lower = name.toLowerCase();
  return columns.get(name) ?? [...columns].find(([path]) => path.toLowerCase() === lower)?.[1];
}

function mapValues<T, U>(
  record: Readonly<Record<string, T>>,
  map: (value: T, key: string) => U,
): Readonly<Record<string, U>> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value, key)]));
}
