import { canonicalJson } from '@wavetune/core';
import {
  type ColumnFiles,
  call,
  col,
  type Expr,
  type LineFiles,
  lit,
  type Plan,
  type Source,
} from '@wavetune/ir';
import type { Relation } from '@wavetune/metrics';
import type { ResolveFile } from '@wavetune/sql';
import type { Stretch } from './draw-stretches.ts';
import type { Run } from './session.ts';
import { countRows, footersOf } from './statistics.ts';

/** The source with its rows' places among its columns, and what is true of the rows of a stretch. */
export function placed(source: Source): {
  readonly source: Source;
  readonly within: (stretch: Stretch) => Expr;
} {
  if (source.format === 'lines') return { source, within: withinOf(source.files, 'file', 'line') };
  if (!isColumnFiles(source)) throw new Error(`a source of ${source.format} is not sampled`);
  const { position = freshPosition(source), files } = source;
  return { source: { ...source, position }, within: withinOf(files, position.file, position.row) };
}

function withinOf(files: readonly string[], file: string, row: string) {
  return (stretch: Stretch): Expr => {
    const from = lit(BigInt(stretch.begin + 1));
    const to = lit(BigInt(stretch.begin + stretch.rows));
    const rows = [call('ge', col(row), from), call('le', col(row), to)];
    const inFile = files.length === 1 ? [] : [call('eq', col(file), lit(files[stretch.file]))];
    return call('and', ...inFile, ...rows);
  };
}

/** Longer than every column, so that it is none of them. */
function freshPosition({ columns }: ColumnFiles): NonNullable<ColumnFiles['position']> {
  const longest = '#'.repeat(Math.max(...columns.map(({ name }) => name.length)));
  return { file: `file${longest}`, row: `row${longest}` };
}

/** The scans of the files that hold the most rows, and how those lie together: by row group, or by file. */
export async function largestSource(
  run: Run,
  relations: readonly Relation[],
  resolve: ResolveFile,
): Promise<{ readonly scans: readonly number[]; readonly groups: readonly Stretch[] }> {
  const sources = new Map<string, { readonly source: FileSource; readonly scans: number[] }>();
  for (const [at, { node }] of relations.entries()) {
    if (node.kind !== 'scan' || !isSampled(node.source)) continue;
    const { format, files } = node.source;
    const key = canonicalJson({ format, files });
    const known = sources.get(key) ?? { source: node.source, scans: [] };
    sources.set(key, known);
    known.scans.push(at);
  }
  let largest: { readonly scans: readonly number[]; readonly groups: readonly Stretch[] } = {
    scans: [],
    groups: [],
  };
  for (const { source, scans } of sources.values()) {
    const groups = await groupsOf(run, source, resolve);
    if (rowsIn(groups) > rowsIn(largest.groups)) largest = { scans, groups };
  }
  return largest;
}

type FileSource = ColumnFiles | LineFiles;

/** Rows are found by their file and their place in it: a file that a source names twice has no places of its own. */
function isSampled(source: Source): source is FileSource {
  if (source.format !== 'lines' && !isColumnFiles(source)) return false;
  return new Set(source.files).size === source.files.length;
}

function isColumnFiles(source: Source): source is ColumnFiles {
  return source.format === 'parquet' || source.format === 'csv';
}

export function rowsIn(stretches: readonly Stretch[]): number {
  return stretches.reduce((sum, { rows }) => sum + rows, 0);
}

async function groupsOf(
  run: Run,
  source: FileSource,
  resolve: ResolveFile,
): Promise<readonly Stretch[]> {
  const groups: Stretch[] = [];
  const footers = source.format === 'parquet' ? await footersOf(run, source, resolve) : [];
  for (const [file, path] of source.files.entries()) {
    const scan: Plan = { kind: 'scan', source: { ...source, files: [path] } };
    const lengths =
      source.format === 'parquet'
        ? footers[file].rowGroups.map(({ rows }) => rows)
        : [await countRows(run, scan, resolve)];
    let begin = 0;
    for (const rows of lengths) {
      groups.push({ file, begin, rows });
      begin += rows;
    }
  }
  return groups;
}
