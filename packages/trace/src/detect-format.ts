import { missingColumns } from './find-column.ts';
import { traceError } from './trace-errors.ts';
import type { TraceFormat, TraceSample } from './trace-format.ts';

/** A format, and what showed it. */
export interface DetectedFormat {
  readonly format: TraceFormat;
  readonly reason: string;
}

const SHOWN_COLUMNS = 24;
const SHOWN_CHARACTERS = 40;

/**
 * The one format of `formats` that a sample shows.
 *
 * @throws WavetuneError `trace.unknown-format`, which names the keys that the nearest format still needs;
 * `trace.ambiguous-format`; `trace.missing-columns` where the key column that the user named is not there.
 */
export function detectFormat(formats: readonly TraceFormat[], sample: TraceSample): DetectedFormat {
  const readable = formats.filter(({ layouts }) => layouts.includes(sample.layout));
  const found = readable.flatMap((format) => {
    const reason = format.detect(sample);
    return reason === undefined ? [] : [{ format, reason }];
  });
  if (found.length === 1) return found[0];
  const { path } = sample;
  const seen = describeSample(sample);
  if (found.length > 1) {
    const candidates = found.map(({ format, reason }) => `${format.name} (${reason})`);
    throw traceError('trace.ambiguous-format', { path, seen, candidates });
  }
  const key = sample.options.columns?.key;
  if (key !== undefined) throw missingColumns(sample, 'keys', [key]);
  const { nearest, missing } = nearestFormat(readable, sample);
  const known = formats.map((format) => format.name);
  throw traceError('trace.unknown-format', { path, seen, nearest, missing, known });
}

/**
 * The format of a name.
 *
 * @throws WavetuneError `trace.no-such-format`.
 */
export function formatNamed(formats: readonly TraceFormat[], name: string): TraceFormat {
  const format = formats.find((candidate) => candidate.name === name);
  if (format !== undefined) return format;
  const known = formats.map((candidate) => candidate.name);
  throw traceError('trace.no-such-format', { format: name, known });
}

/** The sample's columns, for a message; what would move a terminal's cursor is left out. */
export function describeSample({ layout, columns }: TraceSample): string {
  const what = { json: 'JSON keys', csv: 'a first line with', parquet: 'Parquet columns' }[layout];
  const names = columns.slice(0, SHOWN_COLUMNS).map(({ name, kind }) => {
    const text = name.replace(/\p{Cc}/gu, '?');
    const shown = text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
    return kind === '' ? shown : `${shown} (${kind})`;
  });
  if (columns.length > SHOWN_COLUMNS) names.push(`${columns.length - SHOWN_COLUMNS} more`);
  return `${what} ${names.join(', ') || 'none'}`;
}

function nearestFormat(
  formats: readonly TraceFormat[],
  { columns }: TraceSample,
): { readonly nearest: string | undefined; readonly missing: readonly string[] } {
  const names = new Set(columns.map(({ name }) => name));
  let nearest: TraceFormat | undefined;
  let bestShare = 0;
  for (const format of formats) {
    const share = format.keys.filter((key) => names.has(key)).length / format.keys.length;
    if (share > bestShare) {
      nearest = format;
      bestShare = share;
    }
  }
  const missing = nearest?.keys.filter((key) => !names.has(key)) ?? [];
  return { nearest: nearest?.name, missing };
}
