import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Session } from 'chdb';

/** ClickHouse's HTTP interface in front of chdb, as far as the engine speaks it. */
export interface ChdbServer {
  readonly port: number;
  /** Runs a statement in chdb itself: to make tables. */
  readonly run: (sql: string) => Promise<void>;
  /** The ids of the queries that KILL QUERY named. */
  readonly killed: readonly string[];
  readonly runningCount: () => number;
  /** From now on ends every result after so many bytes, with this text behind them. */
  readonly cutResults: (afterBytes: number, text: string) => void;
  close(): Promise<void>;
}

const PIECE_BYTES = 2 ** 16;
const FORMAT = /\nFORMAT (\w+)\s*$/;
/** Parameters of the interface itself; all others are settings. */
const OWN = new Set(['query', 'query_id', 'database', 'session_id', 'default_format', 'role']);

/** Every SQL runs in chdb; what is played is HTTP, the names of queries, a password and KILL QUERY. */
export async function startChdbServer(password?: string): Promise<ChdbServer> {
  const session = new Session();
  const running = new Map<string, ServerResponse>();
  let cutAt = Number.POSITIVE_INFINITY;
  let cutText = '';
  // Queries wait for one another; a KILL QUERY does not.
  let last = Promise.resolve();
  const killed: string[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://shim');
    const body = Buffer.concat(await Array.fromAsync(request as AsyncIterable<Buffer>)).toString();
    const sql = body === '' ? (url.searchParams.get('query') ?? '') : body;
    const isIn = password === undefined || request.headers.authorization === basic(password);
    if (!isIn)
      return fail(
        response,
        'Code: 516. DB::Exception: default: Authentication failed: password is incorrect. (AUTHENTICATION_FAILED)',
      );
    const kill = /^KILL QUERY WHERE query_id = '([^']+)' ASYNC/.exec(sql);
    if (kill !== null) {
      killed.push(kill[1]);
      running.get(kill[1])?.destroy();
      response.end();
      return;
    }
    last = last.then(() => run(sql, url, response));
    await last;
  };
  const run = async (sql: string, url: URL, response: ServerResponse): Promise<void> => {
    const id = url.searchParams.get('query_id') ?? '';
    running.set(id, response);
    try {
      const format = FORMAT.exec(sql)?.[1] ?? 'TabSeparated';
      const result = await session.queryAsync(withSettings(sql, url), { format });
      await send(response, result.bytes());
    } catch (error) {
      fail(response, (error as Error).message);
    } finally {
      running.delete(id);
    }
  };
  const send = async (response: ServerResponse, bytes: Uint8Array): Promise<void> => {
    const end = Math.min(bytes.length, cutAt);
    for (let at = 0; at < end && !response.destroyed; at += PIECE_BYTES) {
      const isTaken = response.write(bytes.subarray(at, Math.min(end, at + PIECE_BYTES)));
      if (!isTaken && !response.destroyed) await taken(response);
    }
    response.end(end < bytes.length ? cutText : undefined);
  };
  const server = createServer((request, response) => {
    void answer(request, response).catch((error) => fail(response, String(error)));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    port: (server.address() as AddressInfo).port,
    run: async (sql) => void (await session.queryAsync(sql)),
    killed,
    cutResults: (afterBytes, text) => {
      cutAt = afterBytes;
      cutText = text;
    },
    runningCount: () => running.size,
    close: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
      session.cleanup();
    },
  };
}

function withSettings(sql: string, url: URL): string {
  const statement = sql.replace(FORMAT, '');
  const settings = [...url.searchParams].filter(([name]) => !OWN.has(name));
  if (!/^(WITH|SELECT)\b/.test(statement) || settings.length === 0) return statement;
  return `${statement}\nSETTINGS ${settings.map(([name, value]) => `${name} = '${value}'`).join(', ')}`;
}

function fail(response: ServerResponse, message: string): void {
  const number = /^Code: (\d+)/.exec(message)?.[1] ?? '0';
  response.writeHead(500, { 'X-ClickHouse-Exception-Code': number }).end(message);
}

function basic(password: string): string {
  return `Basic ${Buffer.from(`default:${password}`).toString('base64')}`;
}

/** Until the client takes more, or is gone. */
function taken(response: ServerResponse): Promise<void> {
  return new Promise((settled) => {
    const settle = (): void => {
      response.off('drain', settle).off('close', settle);
      settled();
    };
    response.on('drain', settle).on('close', settle);
  });
}
