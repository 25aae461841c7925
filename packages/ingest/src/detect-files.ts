import type { Engine } from '@wavetune/engine';
import {
  type DescribeParquet,
  detectFormat,
  formatNamed,
  TRACE_FORMATS,
  type TraceFormat,
  type TraceOptions,
  type TraceSample,
  takeSample,
  traceError,
} from '@wavetune/trace';
import { ingestError } from './ingest-errors.ts';

/** Files of one format, with their samples in the same order. */
export interface DetectedFiles {
  readonly format: TraceFormat;
  readonly samples: readonly TraceSample[];
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
  engine: Engine,
): Promise<DetectedFiles> {
  if (files.length === 0) throw ingestError('ingest.no-files', {});
  const named = formatName === 'auto' ? undefined : formatNamed(TRACE_FORMATS, formatName);
  const describe = describeWith(engine);
  const samples: TraceSample[] = [];
  let format = named;
  for (const file of files) {
    const sample = await takeSample(file, options, describe);
    samples.push(sample);
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
  return { format: format!, samples };
}

/** Text whose first record is damaged may pass for another kind of text, never for Parquet. */
function refuseLayout({ name, layouts }: TraceFormat, { path, layout }: TraceSample): void {
  const isParquet = layout === 'parquet';
  const accepts = isParquet ? layouts.includes('parquet') : layouts.some((l) => l !== 'parquet');
  if (accepts) return;
  const found = isParquet ? 'Parquet' : 'JSON or CSV text';
  throw traceError('trace.wrong-layout', { path, found, format: name, accepted: layouts });
}

function describeWith(engine: Engine): DescribeParquet {
  return async (path) => {
    const columns = await engine.describeFile(path, 'parquet');
    return columns.map(({ name, type }) => ({ name, kind: type.kind }));
  };
}
