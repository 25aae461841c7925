import { readFileHead } from './file-head.ts';
import { readJsonKeys } from './json-keys.ts';
import { traceError } from './trace-errors.ts';
import type { SampleColumn, TraceOptions, TraceSample } from './trace-format.ts';

/** Lists the columns of a Parquet file; the engine's part, handed in. */
export type DescribeParquet = (path: string) => Promise<readonly SampleColumn[]>;

/** A record longer than the first is read again, up to the second. */
const SAMPLE_BYTES = [2 ** 16, 2 ** 22];
const PARQUET_MAGIC = 'PAR1';

/**
 * Reads as much of a file's beginning as shows its layout and its first record's keys. Names play no part.
 *
 * @throws WavetuneError `trace.no-file`, `trace.not-a-file`, `trace.cannot-read`, `trace.empty-file`,
 * `trace.damaged-file`.
 */
export async function takeSample(
  path: string,
  options: TraceOptions,
  describeParquet: DescribeParquet,
): Promise<TraceSample> {
  for (const sizeBytes of SAMPLE_BYTES) {
    const { bytes, isWhole } = await readFileHead(path, sizeBytes);
    if (bytes.subarray(0, PARQUET_MAGIC.length).toString('latin1') === PARQUET_MAGIC) {
      return { path, options, layout: 'parquet', columns: await describeParquet(path) };
    }
    const text = bytes.toString('utf8').replace(/^\ufeff/, '');
    if (text.trim() === '' && isWhole) throw traceError('trace.empty-file', { path });
    const json = readJsonKeys(text);
    if (json === undefined) return { path, options, layout: 'csv', columns: headerOf(text) };
    if (json.complete || isWhole || sizeBytes === SAMPLE_BYTES.at(-1)) {
      return { path, options, layout: 'json', columns: json.keys };
    }
  }
  throw new Error('unreachable: the last sample size always answers');
}

/** The cells of a CSV's first line; a name in quotes may hold commas. */
function headerOf(text: string): readonly SampleColumn[] {
  const line = text.trimStart().split(/\r?\n/, 1)[0];
  const cells = line.match(/(?:"(?:[^"]|"")*"|[^,])+|(?<=^|,)(?=,|$)/g) ?? [line];
  return cells.map((cell) => ({ name: unquoted(cell.trim()), kind: '' }));
}

function unquoted(cell: string): string {
  return /^".*"$/.test(cell) ? cell.slice(1, -1).replaceAll('""', '"') : cell;
}
