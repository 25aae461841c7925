import { clickhouseError } from './clickhouse-errors.ts';

/** Where a server is, and who asks. */
export interface ClickhouseServer {
  /** `http://host:port`, without credentials. */
  readonly url: string;
  readonly username: string;
  readonly password: string;
  readonly database: string;
}

/** A table in the place of a log. */
export interface ClickhouseTable {
  readonly database: string;
  readonly table: string;
  /** The columns that order its rows; undefined for its sorting key. */
  readonly order: readonly string[] | undefined;
}

/** Whether a text means a ClickHouse server or a table of one. */
function isClickhouseUrl(text: string): boolean {
  return text.startsWith('clickhouse:');
}

const DEFAULT_PORT = '8123';

/**
 * A server of `clickhouse://user:password@host:port/database`.
 *
 * @throws WavetuneError `usage.clickhouse-url`
 */
export function parseServer(text: string): ClickhouseServer {
  const url = parsed(text);
  const isSecure = url.searchParams.get('secure') === 'true';
  return {
    url: `${isSecure ? 'https' : 'http'}://${url.hostname}:${url.port || DEFAULT_PORT}`,
    username: decodeURIComponent(url.username) || 'default',
    password: decodeURIComponent(url.password),
    database: decodeURIComponent(url.pathname.slice(1)) || 'default',
  };
}

/**
 * A table of `clickhouse://host:port/database.table?order=…` on that server; undefined for what is no such address.
 *
 * @throws WavetuneError `usage.clickhouse-url`
 */
export function parseTable(text: string, server: ClickhouseServer): ClickhouseTable | undefined {
  if (!isClickhouseUrl(text)) return undefined;
  const url = parsed(text);
  if (url.username !== '' || url.password !== '')
    throw refused('of a log names a user; --engine does that');
  if (`${url.hostname}:${url.port || DEFAULT_PORT}` !== new URL(server.url).host) {
    throw refused(`of the log ${text} names another server than ${server.url}`);
  }
  const [database, table, ...more] = decodeURIComponent(url.pathname.slice(1)).split('.');
  if (database === '' || more.length > 0) throw refused(`${text} names no table`);
  const order = url.searchParams.get('order')?.split(',');
  return table === undefined
    ? { database: server.database, table: database, order }
    : { database, table, order };
}

function parsed(text: string): URL {
  if (!text.startsWith('clickhouse://')) throw refused('does not begin with clickhouse://');
  // Only of a scheme that it knows does URL see the host of any name.
  const address = URL.parse(text.replace(/^clickhouse:/, 'http:'));
  if (address === null || address.hostname === '') throw refused('names no host');
  return address;
}

function refused(reason: string) {
  return clickhouseError('usage.clickhouse-url', { reason });
}
