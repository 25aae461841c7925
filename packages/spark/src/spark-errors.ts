import { defineErrors } from '@wavetune/core';

/** What this package refuses. A server's own text is quoted, an access token never. */
export const sparkError = defineErrors({
  'usage.spark-url': (d: { readonly reason: string }) =>
    `the Spark address ${d.reason}; accepted is sc://host:port, with ;token=…, ;user_id=…, ;session_id=… or ;use_ssl=true behind a slash`,
  'spark.unreachable': (d: { readonly server: string; readonly reason: string }) =>
    `no Spark Connect server answers at ${d.server}: ${d.reason}`,
  'spark.refused': (d: { readonly server: string; readonly reason: string }) =>
    `the Spark Connect server at ${d.server} does not let this user in: ${d.reason}`,
  'spark.lost': (d: { readonly server: string; readonly reason: string }) =>
    `the Spark Connect server at ${d.server} was lost in the middle of a query: ${d.reason}; nothing of its result is kept, run again`,
  'spark.query-failed': (d: {
    readonly errorClass: string;
    readonly sqlState: string;
    readonly reason: string;
  }) => `Spark refuses the query: ${d.reason}`,
  'spark.deadline': (d: { readonly seconds: number }) =>
    `Spark did not answer within ${d.seconds} s; the query was taken back`,
  'spark.interrupted': (_: object) => 'interrupted',
  'spark.closed': (_: object) => 'the connection to Spark is closed',
  'spark.bad-result': (d: { readonly reason: string }) =>
    `Spark's result is not what the plan says: ${d.reason}`,
});
