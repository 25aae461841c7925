import { randomUUID } from 'node:crypto';
import { join, resolve } from 'node:path';
import { type ColumnFiles, childrenOf, type Node, type Plan, type Source } from '@wavetune/ir';
import type { FilePlace, ResolveFile } from '@wavetune/sql';
import { describeColumns } from './describe.ts';
import { engineError } from './engine-errors.ts';
import { checkInterrupted, type Run, type Session } from './session.ts';
import { settleText, type TextNeeds } from './settle-text.ts';
import { openRawFile } from './text-bytes.ts';

type FileSource = Extract<Source, { readonly files: readonly string[] }>;

const TEXT_NEEDS: Readonly<
  Record<Exclude<FileSource['format'], 'parquet' | 'json_lines'>, TextNeeds>
> = {
  csv: { records: 'csv', decompresses: true },
  lines: { records: 'lines', decompresses: true },
  documents: { records: 'none', decompresses: false },
};

/**
 * Makes sure that every file of the plan can be read as its scan says, before the query begins, and says where: text that
 * DuckDB would not read exactly is copied clean into the engine's folder, to be removed when the run ends.
 *
 * @throws WavetuneError `engine.cannot-read`, `engine.missing-column`, `engine.line-too-long`
 */
export async function settleFiles(session: Session, run: Run, plan: Plan): Promise<ResolveFile> {
  const places = new Map<string, FilePlace>();
  for (const source of fileSources(plan)) {
    for (const file of source.files) {
      const key = `${source.format} ${file}`;
      const place = places.get(key) ?? (await settleFile(session, run, file, source.format));
      places.set(key, place);
      if (source.format === 'parquet' || source.format === 'csv') {
        await checkColumns(run, place, file, source);
      }
    }
  }
  return (file, format) => places.get(`${format} ${file}`) ?? { path: file };
}

/** One file; absolute, so that DuckDB takes no name for an address. */
export async function settleFile(
  session: Session,
  run: Run,
  file: string,
  format: FileSource['format'],
): Promise<FilePlace> {
  checkInterrupted(run);
  const path = resolve(file);
  const { sizeBytes } = await openRawFile(file);
  run.namedFiles.set(path, file);
  if (sizeBytes === 0 && (format === 'parquet' || format === 'csv')) {
    throw engineError('engine.cannot-read', { path: file, reason: 'the file is empty' });
  }
  if (format === 'parquet' || format === 'json_lines') return { path };
  const copyPath = join(session.tempFolder, `${randomUUID()}.txt`);
  run.copies.push(copyPath);
  run.namedFiles.set(copyPath, file);
  return settleText({ file, path, copyPath, needs: TEXT_NEEDS[format], run });
}

async function checkColumns(run: Run, place: FilePlace, file: string, source: ColumnFiles) {
  const available = (await describeColumns(run, place, source.format)).map(({ name }) => name);
  const known = new Set(available.map((name) => name.toLowerCase()));
  for (const { name: column } of source.columns) {
    if (!known.has(column.toLowerCase())) {
      throw engineError('engine.missing-column', { path: file, column, available });
    }
  }
}

function fileSources(node: Node): readonly FileSource[] {
  const own = node.kind === 'scan' && 'files' in node.source ? [node.source] : [];
  return [...own, ...childrenOf(node).flatMap(fileSources)];
}
