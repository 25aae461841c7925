import { defineErrors } from '@wavetune/core';

interface Failure {
  /** ClickHouse's own number and name of the error. */
  readonly number: string;
  readonly name: string;
  readonly reason: string;
}

/** What this package refuses. A server's own text is quoted, a password never. */
export const clickhouseError = defineErrors({
  'usage.clickhouse-url': (d: { readonly reason: string }) =>
    `the ClickHouse address ${d.reason}; accepted is clickhouse://user:password@host:8123, with ?secure=true for HTTPS; a log is clickhouse://host:8123/database.table, with ?order=column,column for the order of its rows`,
  'clickhouse.unreachable': (d: { readonly server: string; readonly reason: string }) =>
    `no ClickHouse server answers at ${d.server}: ${d.reason}`,
  'clickhouse.refused': (d: Failure & { readonly server: string }) =>
    `ClickHouse at ${d.server} does not let this user in: ${d.name} (${d.number}): ${d.reason}`,
  'clickhouse.lost': (d: { readonly server: string; readonly reason: string }) =>
    `ClickHouse at ${d.server} was lost in the middle of a query: ${d.reason}; nothing of its result is kept, run again`,
  'clickhouse.unknown-table': (d: Failure) =>
    `ClickHouse has no such table: ${d.name} (${d.number}): ${d.reason}`,
  'clickhouse.unknown-column': (d: {
    readonly table: string;
    readonly column: string;
    readonly available: readonly string[];
  }) => `${d.table} has no column "${d.column}"; it has ${d.available.join(', ')}`,
  'clickhouse.cannot-read': (d: Failure) =>
    `ClickHouse cannot read a file: ${d.name} (${d.number}): ${d.reason}; it reads files of its own machine, in the folder that its configuration allows`,
  'clickhouse.bad-value': (d: Failure) =>
    `a value does not fit its type: ${d.name} (${d.number}): ${d.reason}`,
  'clickhouse.out-of-memory': (d: Failure) =>
    `ClickHouse has no memory left for the query: ${d.name} (${d.number}): ${d.reason}`,
  'clickhouse.deadline': (d: { readonly reason: string }) =>
    `ClickHouse did not answer in time, and the query was taken back: ${d.reason}`,
  'clickhouse.query-failed': (d: Failure) =>
    `ClickHouse refuses the query: ${d.name} (${d.number}): ${d.reason}`,
  'clickhouse.interrupted': (_: object) => 'interrupted',
  'clickhouse.closed': (_: object) => 'the connection to ClickHouse is closed',
});
