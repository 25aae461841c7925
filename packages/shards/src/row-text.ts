/**
 * Rows of a shard as text, in the way of tab-separated files: fields `shard, time_ms, input_tokens, output_tokens, ids`,
 * ids in decimal with commas between them. In the shard's name a backslash, tab, line feed and carriage return are
 * written as `\\`, `\t`, `\n`, `\r`, so that no name looks like a separator.
 */
export interface ShardRow {
  readonly shard: string;
  readonly timeMillis: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly ids: readonly (string | bigint | number)[];
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\t': '\\t',
  '\n': '\\n',
  '\r': '\\r',
};

/** A name as a field holds it. */
export function escapeField(text: string): string {
  return text.replace(/[\\\t\n\r]/g, (found) => ESCAPES[found]);
}

/** The line of a row, its end included. */
export function encodeRow({ shard, timeMillis, inputTokens, outputTokens, ids }: ShardRow): string {
  return `${escapeField(shard)}\t${timeMillis}\t${inputTokens}\t${outputTokens}\t${ids.join(',')}\n`;
}
