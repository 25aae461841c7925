import { stat } from 'node:fs/promises';
import type { FileColumn, QueryEngine } from '@wavetune/engine';
import {
  detectFormat,
  formatNamed,
  type SampleColumn,
  TRACE_FORMATS,
  type TraceFormat,
  type TraceOptions,
  type TraceSample,
  takeSample,
  traceError,
} from '@wavetune/trace';
import { ingestError } from './ingest-errors.ts';

/** Files, or what an engine reads in their place, of one format; samples and sizes in the same order. */
export interface DetectedFiles {
  readonly format: TraceFormat;
  readonly samples: readonly TraceSample[];
  readonly sizes: readonly number[];
}

/**
 * Looks at the beginning of every file and settles on one format for all; `auto` by content, never by name.
 *
 * @throws WavetuneError `ingest.no-files`, `trace.mixed-formats`, and what sampling and detection throw.
 */
export async function detectFiles(
  files: readonly string[],
  formatName: string,
  options: TraceOptions,
  engine: QueryEngine,
): Promise<DetectedFiles> {
  if (files.length === 0) throw ingestError('ingest.no-files', {});
  const named = formatName === 'auto' ? undefined : formatNamed(TRACE_FORMATS, formatName);
  const samples: TraceSample[] = [];
  const sizes: number[] = [];
  let format = named;
  for (const file of files) {
    const { sample, sizeBytes } = await lookAtLog(file, options, engine);
    samples.push(sample);
    sizes.push(sizeBytes);
    if (named !== undefined) {
      refuseLayout(named, sample);
      continue;
    }
    const found = detectFormat(TRACE_FORMATS, sample).format;
    format ??= found;
    if (found !== format) {
      throw traceError('trace.mixed-formats', {
        path: files[0],
        format: format.name,
        otherPath: file,
        otherFormat: found.name,
      });
    }
  }
  return { format: format!, samples, sizes };
}

/** Text whose first record is damaged may pass for another kind of text, never for Parquet. */
function refuseLayout({ name, layouts }: TraceFormat, { path, layout }: TraceSample): void {
  const isParquet = layout === 'parquet';
  const accepts = isParquet ? layouts.includes('parquet') : layouts.some((l) => l !== 'parquet');
  if (accepts) return;
  const found = isParquet ? 'Parquet' : 'JSON or CSV text';
  throw traceError('trace.wrong-layout', { path, found, format: name, accepted: layouts });
}

/** The beginning of a log, and how much there is of it. */
export interface LogLook {
  readonly sample: TraceSample;
  readonly sizeBytes: number;
}

/**
 * Looks at a file, or at what an engine reads in its place, which has typed columns as a Parquet file has.
 *
 * @throws WavetuneError `trace.*` and what the engine refuses.
 */
export async function lookAtLog(
  path: string,
  options: TraceOptions,
  engine: QueryEngine,
): Promise<LogLook> {
  const place = await engine.describePlace(path);
  if (place === undefined) {
    const describe = async (file: string) => sampled(await engine.describeFile(file, 'parquet'));
    const sample = await takeSample(path, options, describe);
    return { sample, sizeBytes: (await stat(path)).size };
  }
  const { columns, sizeBytes } = place;
  return { sample: { path, options, layout: 'parquet', columns: sampled(columns) }, sizeBytes };
}

function sampled(columns: readonly FileColumn[]): readonly SampleColumn[] {
  return columns.map(({ name, type }) => ({ name, kind: type.kind }));
}
