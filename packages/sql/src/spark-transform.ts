import type { Schema, Type } from '@wavetune/ir';

/** Rows through a program that runs where the rows are. */
export interface ScriptTransform {
  /** A query in Spark's SQL, and what its rows have. */
  readonly query: string;
  readonly schema: Schema;
  /** Rows of one value of this column reach one process, one after another. */
  readonly shardBy: string;
  /** The order of rows within a shard, ascending. */
  readonly orderBy: readonly string[];
  /** What the program gets of a row, in this order. */
  readonly send: readonly string[];
  /** The program and its arguments. */
  readonly command: readonly string[];
}

/** The one column of {@link scriptTransform}'s rows: a line that the program wrote. */
export const SCRIPT_LINE = 'line';

/** A tab and a line end cannot stand in a value, since whatever may hold one goes as JSON. */
const SENT = rowFormat(String.raw`\t`);
/** Of a line that comes back nothing is split off, unless it holds this control character. */
const RETURNED = rowFormat(String.raw`\u0001`);

/**
 * Runs `command` on the executors, with rows as lines on its standard input and its lines as rows.
 *
 * A process gets the shards of a partition, shard after shard, and sees the end of its input behind the last. Values are
 * separated by tabs: numbers in decimal, `true` and `false`, lists and structs as JSON, text as JSON in a list of one, null
 * as `\N`. What it writes must hold no U+0001. A status other than 0 fails the query with what the program wrote on standard
 * error.
 */
export function scriptTransform(transform: ScriptTransform): string {
  const { query, shardBy, orderBy, send, command } = transform;
  const sent = send.map((name) => sentColumn(name, transform)).join(', ');
  const order = [shardBy, ...orderBy].map(identifier).join(', ');
  const rows = `SELECT * FROM (${query}) DISTRIBUTE BY ${identifier(shardBy)} SORT BY ${order}`;
  return `SELECT TRANSFORM(${sent}) ${SENT} USING ${text(command.map(shellWord).join(' '))}
AS (${identifier(SCRIPT_LINE)} STRING) ${RETURNED} FROM (${rows})`;
}

function sentColumn(name: string, { schema }: ScriptTransform): string {
  const field = schema.find((candidate) => candidate.name === name);
  if (field === undefined) throw new Error(`the query has no column "${name}" to send`);
  return asLine(identifier(name), field.type);
}

function asLine(value: string, { kind }: Type): string {
  if (kind === 'text') return `to_json(array(${value}))`;
  return kind === 'struct' || kind === 'list' ? `to_json(${value})` : value;
}

function identifier(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}

function text(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

/** Spark gives the command to a shell. */
function shellWord(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

function rowFormat(separator: string): string {
  return String.raw`ROW FORMAT DELIMITED FIELDS TERMINATED BY '${separator}' LINES TERMINATED BY '\n' NULL DEFINED AS '\\N'`;
}
