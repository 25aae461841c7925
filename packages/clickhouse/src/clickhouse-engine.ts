import { resolve } from 'node:path';
import { createClient } from '@clickhouse/client';
import {
  arrowChunks,
  type Chunk,
  type FileColumn,
  type LogPlace,
  type QueryEngine,
  rowsOf,
} from '@wavetune/engine';
import { childrenOf, type Node, optimizePlan, type Plan, printPlan, schemaOf } from '@wavetune/ir';
import { clickhouse, clickhouseFileColumns, type FilePlace, toSql } from '@wavetune/sql';
import { type ClickhouseServer, parseServer, parseTable } from './clickhouse-url.ts';
import { planType } from './column-types.ts';
import { type ClickhouseSession, interruptAll, resultBytes } from './running-query.ts';
import { jsonRows, lookUpTable, type TableFacts } from './table-facts.ts';

export interface ClickhouseEngineOptions {
  /** What a query may take before the server takes it back; no limit unless said otherwise. */
  readonly deadlineMillis?: number;
}

/** Between two bytes of an answer; a query that computes for longer is not given up. */
const SILENCE_MILLIS = 3_600_000;

/** What stands in a plan for the tables that it reads as files. */
interface Places {
  readonly session: ClickhouseSession;
  readonly server: ClickhouseServer;
  readonly tables: Map<string, Promise<TableFacts>>;
}

/**
 * Plans on a ClickHouse server, over HTTP. A log is a table, `clickhouse://host:port/database.table`; a file is one of the
 * server's own machine. Nothing is asked of the server before the first query.
 *
 * @param url - `clickhouse://user:password@host:port`.
 * @throws WavetuneError `usage.clickhouse-url`.
 */
export function openClickhouseEngine(
  url: string,
  { deadlineMillis }: ClickhouseEngineOptions = {},
): QueryEngine {
  const server = parseServer(url);
  const { url: address, username, password, database } = server;
  const client = createClient({
    url: address,
    username,
    password,
    database,
    application: 'wavetune',
    request_timeout: SILENCE_MILLIS,
    compression: { response: false, request: false },
    log: { LoggerClass: Silent },
  });
  const session: ClickhouseSession = {
    client,
    server: address,
    deadlineMillis,
    running: new Set(),
    kills: new Set(),
    isClosed: false,
  };
  const places: Places = { session, server, tables: new Map() };
  return {
    keepsFileOrder: false,
    stream: (plan) => streamPlan(places, plan),
    rows: (plan) => rowsOf(streamPlan(places, plan), schemaOf(plan)),
    explain: async (plan) => ({
      tree: printPlan(optimizePlan(plan)),
      sql: await sqlOf(places, plan),
    }),
    describeFile: (path, format) => describeFile(session, path, format),
    describePlace: (place) => describePlace(places, place),
    readShare: () => undefined,
    interrupt: () => interruptAll(session),
    close: () => close(session),
  };
}

async function* streamPlan(places: Places, plan: Plan): AsyncGenerator<Chunk> {
  const bytes = resultBytes(places.session, await sqlOf(places, plan), 'ArrowStream');
  try {
    yield* arrowChunks(bytes, schemaOf(plan), 'flagged');
  } finally {
    await bytes.return(undefined);
  }
}

async function sqlOf(places: Places, plan: Plan): Promise<string> {
  const optimized = optimizePlan(plan);
  const found = new Map<string, FilePlace>();
  for (const file of new Set(filesOf(optimized))) found.set(file, await placeOf(places, file));
  return toSql(optimized, {
    dialect: clickhouse,
    resolve: (file) => found.get(file) ?? { path: file },
  });
}

function filesOf(node: Node): readonly string[] {
  const own = node.kind === 'scan' && 'files' in node.source ? node.source.files : [];
  return [...own, ...childrenOf(node).flatMap(filesOf)];
}

async function placeOf(places: Places, file: string): Promise<FilePlace> {
  const facts = await tableOf(places, file);
  if (facts === undefined) return { path: resolve(file) };
  return { path: file, table: { name: facts.name, orderBy: facts.orderBy } };
}

/** The table that a place names; undefined for a file. */
async function tableOf(places: Places, place: string): Promise<TableFacts | undefined> {
  const { session, server, tables } = places;
  const table = parseTable(place, server);
  if (table === undefined) return undefined;
  const known = tables.get(place) ?? lookUpTable(session, table);
  tables.set(place, known);
  return known;
}

async function describePlace(places: Places, place: string): Promise<LogPlace | undefined> {
  const facts = await tableOf(places, place);
  return facts && { sizeBytes: facts.sizeBytes, columns: facts.columns };
}

async function describeFile(
  session: ClickhouseSession,
  path: string,
  format: 'parquet' | 'csv',
): Promise<readonly FileColumn[]> {
  const query = clickhouseFileColumns(resolve(path), format);
  const rows = await jsonRows<{ readonly name: string; readonly type: string }>(session, query);
  return rows.map(({ name, type }) => ({ name, type: planType(type), native: type }));
}

async function close(session: ClickhouseSession): Promise<void> {
  if (session.isClosed) return;
  session.isClosed = true;
  interruptAll(session);
  await Promise.all(session.kills);
  await session.client.close();
}

/** The client would write failures to the standard output; they leave as coded errors. */
class Silent {
  trace(): void {}
  debug(): void {}
  info(): void {}
  warn(): void {}
  error(): void {}
}
