import { readFile, stat } from 'node:fs/promises';
import type { z } from 'zod';
import { catalogError } from './catalog-errors.ts';

/** @throws WavetuneError `catalog.unreadable-file` where it is missing, a folder, or no JSON object. */
export async function readJsonObject(path: string): Promise<Readonly<Record<string, unknown>>> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw catalogError('catalog.unreadable-file', { path, reason }, { cause: error });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw catalogError('catalog.unreadable-file', { path, reason: 'it holds no JSON object' });
  }
  return value as Readonly<Record<string, unknown>>;
}

/** @throws WavetuneError `catalog.invalid-file`, with every place that does not fit. */
export function parseAs<T>(
  value: unknown,
  schema: z.ZodType<T>,
  source: { readonly path: string; readonly kind: string },
): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues.map(
    (issue) => `${issue.path.map(String).join('.') || 'the file'}: ${issue.message}`,
  );
  throw catalogError('catalog.invalid-file', { ...source, problems });
}

/** What a path leads to; `undefined` where nothing is there. */
export async function kindOfPath(path: string): Promise<'file' | 'folder' | undefined> {
  try {
    return (await stat(path)).isDirectory() ? 'folder' : 'file';
  } catch {
    return undefined;
  }
}
