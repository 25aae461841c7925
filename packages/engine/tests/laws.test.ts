import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { optimizePlan, type Plan, planOfDatajaxTrace, printPlan, schemaOf } from '@wavetune/ir';
import { DUCKDB_SESSION, duckdb, planOf, toSql } from '@wavetune/sql';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generatePlan } from '../../ir/tests/support/generate-plan.ts';
import { generateTrace } from '../../ir/tests/support/generate-trace.ts';
import { interpret, rowText } from '../../ir/tests/support/interpret.ts';
import { runTrace } from '../../ir/tests/support/run-trace.ts';
import { valueAt } from '../src/rows.ts';
import { toVector } from '../src/to-vector.ts';

let instance: DuckDBInstance;
let connection: DuckDBConnection;

beforeAll(async () => {
  instance = await DuckDBInstance.create(':memory:', { threads: '1', memory_limit: '1GB' });
  connection = await instance.connect();
  for (const statement of DUCKDB_SESSION) await connection.run(statement);
});

afterAll(() => {
  connection.closeSync();
  instance.closeSync();
});

async function rowsOf(plan: Plan): Promise<string[]> {
  const result = await connection.run(toSql(plan, { dialect: duckdb }));
  const types = schemaOf(plan).map(({ type }) => type);
  const rows: string[] = [];
  for (const chunk of await result.fetchAllChunks()) {
    const columns = types.map((type, i) => toVector(chunk.getColumnVector(i), type));
    for (let row = 0; row < chunk.rowCount; row++) {
      rows.push(rowText(columns.map((column) => valueAt(column, row))));
    }
  }
  return inOrder(plan, rows);
}

/** A bag has no order: its rows are compared sorted. */
function inOrder(plan: Plan, rows: string[]): string[] {
  return plan.kind === 'sort' || plan.kind === 'limit' ? rows : rows.sort();
}

const RUNS = 2000;
const TIMEOUT_MILLIS = 300_000;
const generated = fc.tuple(fc.gen(), fc.integer({ min: 1, max: 5 }));

describe(`${RUNS} generated plans on DuckDB`, { timeout: TIMEOUT_MILLIS }, () => {
  it('give what the textbook gives, before and after the passes; their SQL passes EXPLAIN', async () => {
    await fc.assert(
      fc.asyncProperty(generated, fc.context(), async ([g, depth], context) => {
        const plan = generatePlan(g, depth);
        context.log(printPlan(plan));
        const sql = toSql(plan, { dialect: duckdb });
        expect(toSql(JSON.parse(JSON.stringify(plan)), { dialect: duckdb })).toBe(sql);
        await connection.run(planOf(sql));
        const wanted = inOrder(plan, interpret(plan).map(rowText));
        expect(await rowsOf(plan)).toEqual(wanted);
        const optimized = optimizePlan(plan);
        if (optimized !== plan) expect(inOrder(plan, await rowsOf(optimized))).toEqual(wanted);
      }),
      { numRuns: RUNS },
    );
  });
});

describe('generated datajax traces on DuckDB', { timeout: TIMEOUT_MILLIS }, () => {
  it('give what running them step by step gives, before and after the passes', async () => {
    await fc.assert(
      fc.asyncProperty(generated, fc.context(), async ([g, length], context) => {
        const { trace, tables } = generateTrace(g, Math.min(length, 4));
        const plan = planOfDatajaxTrace(trace, tables);
        context.log(printPlan(plan));
        const { columns, rows } = runTrace(trace, tables);
        const wanted = rows.map((row) => rowText(columns.map((name) => row[name]))).sort();
        expect(await rowsOf(plan)).toEqual(wanted);
        expect(await rowsOf(optimizePlan(plan))).toEqual(wanted);
      }),
      { numRuns: 200 },
    );
  });
});
