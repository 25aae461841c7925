import { type Plan, type Schema, schemaOf } from '@wavetune/ir';
import { fixedBytes } from '@wavetune/metrics';
import { duckdb, type ResolveFile, toSql, widthsOf } from '@wavetune/sql';
import type { Run } from './session.ts';

/** Rows of a relation, and the bytes of all values of each of its columns. */
export interface Widths {
  readonly rows: number;
  readonly columnBytes: Readonly<Record<string, number>>;
}

/** Counts what a plan gives; columns whose values are all of one width cost nothing. */
export async function measureWidths(run: Run, plan: Plan, resolve: ResolveFile): Promise<Widths> {
  const schema = schemaOf(plan);
  const query = toSql(plan, { dialect: duckdb, resolve });
  return toWidths(await numbersOf(run, widthsOf(query, varyingIn(schema), [])), schema);
}

/** From a row of `widthsOf`. */
export function toWidths([rows, ...sums]: readonly number[], schema: Schema): Widths {
  const varying = varyingIn(schema);
  const columns = schema.map((field) => {
    const width = fixedBytes(field.type);
    return [field.name, width === undefined ? sums[varying.indexOf(field)] : rows * width] as const;
  });
  return { rows, columnBytes: Object.fromEntries(columns) };
}

/** Columns whose values differ in width. */
export function varyingIn(schema: Schema): Schema {
  return schema.filter(({ type }) => fixedBytes(type) === undefined);
}

/** The one row of a query that gives numbers. */
export async function numbersOf(run: Run, sql: string): Promise<readonly number[]> {
  const reader = await run.connection.runAndReadAll(sql);
  return reader.getRows()[0].map(Number);
}
