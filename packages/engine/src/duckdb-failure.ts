import type { WavetuneError } from '@wavetune/core';
import { engineError } from './engine-errors.ts';

/** What the mapping needs to know about the query that failed. */
export interface QueryPlace {
  readonly memoryLimitBytes: number;
  readonly tempFolder: string;
  /** From the paths that DuckDB saw to the files that the plan names. */
  readonly namedFiles: ReadonlyMap<string, string>;
  readonly writing: { readonly temporary: string; readonly path: string } | undefined;
}

/** A failure of DuckDB's as a coded error that names the plan's file where DuckDB named one. */
export function toEngineError(failure: unknown, place: QueryPlace): WavetuneError {
  const text = failure instanceof Error ? failure.message : String(failure);
  const cause = { cause: failure };
  const reason = firstLine(text);
  const { writing } = place;
  const isOfFile = writing && (text.includes(writing.temporary) || /read-only mode/.test(text));
  const written = isOfFile ? writing.path : undefined;
  if (/^INTERRUPT/i.test(text)) return engineError('engine.interrupted', {}, cause);
  if (/No space left|disk.*full|max_temp_directory_size/i.test(text)) {
    return engineError('engine.disk-full', { path: written ?? place.tempFolder, reason }, cause);
  }
  if (/^Out of Memory Error|bad_alloc|std::length_error/i.test(text)) {
    return engineError('engine.out-of-memory', { limitBytes: place.memoryLimitBytes }, cause);
  }
  if (written !== undefined) {
    return engineError('engine.cannot-write', { path: written, reason }, cause);
  }
  const path = fileIn(text, place.namedFiles);
  if (path !== undefined && /^(IO|Invalid Input|Serialization|Permission)\b.*Error/i.test(text)) {
    return engineError('engine.cannot-read', { path, reason }, cause);
  }
  if (/^(Conversion|Out of Range) Error/i.test(text)) {
    return engineError('engine.bad-value', { reason }, cause);
  }
  if (/^Catalog Error: Table/i.test(text))
    return engineError('engine.unknown-table', { reason }, cause);
  return engineError('engine.query-failed', { reason }, cause);
}

function firstLine(text: string): string {
  const [line] = text.replace(/^[A-Z][A-Za-z ]*Error: */, '').split('\n');
  return line.slice(0, 300);
}

/** Of several files that DuckDB may have meant, the one whose path its message holds; the longest where paths nest. */
function fileIn(text: string, files: ReadonlyMap<string, string>): string | undefined {
  const found = [...files.keys()].filter((path) => text.includes(path));
  found.sort((a, b) => b.length - a.length);
  if (found.length > 0) return files.get(found[0]);
  return files.size === 1 ? files.values().next().value : undefined;
}
