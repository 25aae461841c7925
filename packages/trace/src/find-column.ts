import { traceError } from './trace-errors.ts';
import type { SampleColumn, TraceSample } from './trace-format.ts';

/** The first of `names` that the sample has; case counts only where two columns differ by it alone. */
export function findColumn(
  { columns }: TraceSample,
  names: readonly string[],
): SampleColumn | undefined {
  for (const name of names) {
    const found =
      columns.find((column) => column.name === name) ??
      columns.find((column) => column.name.toLowerCase() === name.toLowerCase());
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * The column that an option names, which must be there, or else the first of the usual names, which need not.
 *
 * @throws WavetuneError `trace.missing-columns`.
 */
export function chosenColumn(
  sample: TraceSample,
  format: string,
  chosen: string | undefined,
  usual: readonly string[],
): SampleColumn | undefined {
  if (chosen === undefined) return findColumn(sample, usual);
  const column = sample.columns.find(({ name }) => name === chosen);
  if (column === undefined) throw missingColumns(sample, format, [chosen]);
  return column;
}

/**
 * The first of `names` that the sample has.
 *
 * @throws WavetuneError `trace.missing-columns`.
 */
export function requiredColumn(
  sample: TraceSample,
  format: string,
  names: readonly string[],
): SampleColumn {
  const column = findColumn(sample, names);
  if (column === undefined) throw missingColumns(sample, format, [names.join(' or ')]);
  return column;
}

/** The error that names what is missing and what is there. */
export function missingColumns(
  { path, columns }: TraceSample,
  format: string,
  missing: readonly string[],
): Error {
  const available = columns.map(({ name }) => name);
  return traceError('trace.missing-columns', { path, format, missing, available });
}
