import { canonicalJson, createRng } from '@wavetune/core';
import {
  type ColumnFiles,
  call,
  col,
  type Expr,
  type LineFiles,
  lit,
  type Plan,
  type Source,
  schemaOf,
} from '@wavetune/ir';
import {
  type MeasuredPlan,
  type Relation,
  relationsOf,
  type SampledRun,
  withInputs,
} from '@wavetune/metrics';
import type { ResolveFile } from '@wavetune/sql';
import { drawStretches, type Stretch } from './draw-stretches.ts';
import { measureWhole } from './measure.ts';
import { inRun, type Run, type Session } from './session.ts';
import { settleFiles } from './settle.ts';
import { keepRelation, type Stage, stageRelations, tableScan } from './stage.ts';
import { countRows, footersOf } from './statistics.ts';

export interface SampleOptions {
  /** About so many rows are drawn; at least 1. */
  readonly rows: number;
  readonly seed: number;
}

/** Stretches that are drawn, over which bounds are bootstrapped. Chosen: fewer leave their spread unsure, more cost a run each. */
const PARTS = 16;

/** What the plan is measured on instead of its largest source. */
interface Sampling {
  readonly run: Run;
  readonly resolve: ResolveFile;
  readonly relations: readonly Relation[];
  /** Relations that scan the sampled source. */
  readonly scans: readonly number[];
  readonly stretches: readonly Stretch[];
}

/**
 * The plan measured over stretches of the rows of its largest source, all together and each by itself; its other sources
 * are read whole, and what depends on them alone runs once. Scans of the same files are sampled alike. Where the source has
 * no more rows than asked for, nothing is drawn and the plan is measured as it is.
 */
export function measureSample(
  session: Session,
  plan: Plan,
  { rows, seed }: SampleOptions,
): Promise<SampledRun> {
  return inRun(session, async (run) => {
    const resolve = await settleFiles(session, run, plan);
    const relations = relationsOf(plan);
    const { scans, groups } = await largestSource(run, relations, resolve);
    const ofRows = rowsIn(groups);
    const stretches =
      ofRows <= rows ? [] : drawStretches(groups, { rows, parts: PARTS, rng: createRng(seed) });
    const sampled = scans.map((at) => relations[at].path);
    if (stretches.length === 0) {
      const whole = await measureWhole(run, plan, resolve);
      const nodes = nodesOf(await stageRelations({ run, resolve, relations }));
      return { whole: { nodes, run: whole }, parts: [], sampled, rows: ofRows, ofRows, seed };
    }
    const measured = await measureParts({ run, resolve, relations, scans, stretches });
    return { ...measured, sampled, rows: rowsIn(stretches), ofRows, seed };
  });
}

async function measureParts(sampling: Sampling): Promise<Pick<SampledRun, 'whole' | 'parts'>> {
  const { run, resolve, relations, scans, stretches } = sampling;
  for (const scan of scans) await stageStretches(sampling, scan);
  const over = (nameOf: (scan: number) => string): Plan =>
    replaced(relations, (at) =>
      scans.includes(at) ? tableScan(nameOf(at), relations[at].schema) : undefined,
    );
  const depends = dependents(relations, scans);
  const wholePlan = over(sampleTable);
  const whole = await measureWhole(run, wholePlan, resolve);
  const stages = await stageRelations({
    run,
    resolve,
    relations: relationsOf(wholePlan),
    stays: (at) => !depends[at] && isReadBySome(relations, at, depends),
  });
  const ready = new Map(stages.flatMap((stage, at) => (depends[at] ? [] : [[at, stage] as const])));
  const parts: MeasuredPlan[] = [];
  for (const part of stretches.keys()) {
    const partRelations = relationsOf(over((scan) => partTable(scan, part)));
    parts.push({
      nodes: nodesOf(await stageRelations({ run, resolve, relations: partRelations, ready })),
      run: whole,
    });
  }
  return { whole: { nodes: nodesOf(stages), run: whole }, parts };
}

function nodesOf(stages: readonly Stage[]): MeasuredPlan['nodes'] {
  return stages.map(({ measured }) => measured);
}

function sampleTable(scan: number): string {
  return `wavetune_sample_${scan}`;
}

function partTable(scan: number, part: number): string {
  return `wavetune_part_${scan}_${part}`;
}

/** Keeps what a scan gives of all stretches, read in one pass, and then of each. */
async function stageStretches(sampling: Sampling, scan: number): Promise<void> {
  const { relations, stretches } = sampling;
  const { node, schema } = relations[scan];
  if (node.kind !== 'scan') throw new Error('only scans are sampled');
  const { source, within } = placed(node.source);
  const placedScan: Plan = { kind: 'scan', source };
  const placedTable = tableScan(sampleTable(scan), schemaOf(placedScan));
  const any: Expr = { kind: 'call', fn: 'or', args: stretches.map(within) };
  await keepRelation(
    sampling,
    { kind: 'filter', input: placedScan, predicate: any },
    sampleTable(scan),
  );
  for (const [part, stretch] of stretches.entries()) {
    const rows: Plan = { kind: 'filter', input: placedTable, predicate: within(stretch) };
    const columns = schema.map(({ name }) => ({ kind: 'named', name, expr: col(name) }) as const);
    await keepRelation(sampling, { kind: 'project', input: rows, columns }, partTable(scan, part));
  }
}

/** The source with its rows' places among its columns, and what is true of the rows of a stretch. */
function placed(source: Source): {
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
async function largestSource(
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

function rowsIn(stretches: readonly Stretch[]): number {
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

/** For every relation whether one of these stands below it or is it. */
function dependents(relations: readonly Relation[], scans: readonly number[]): readonly boolean[] {
  const depends: boolean[] = [];
  for (const [at, { inputs }] of relations.entries()) {
    depends.push(scans.includes(at) || inputs.some((input) => depends[input]));
  }
  return depends;
}

function isReadBySome(
  relations: readonly Relation[],
  at: number,
  readers: readonly boolean[],
): boolean {
  return relations.some(({ inputs }, reader) => readers[reader] && inputs.includes(at));
}

/** The plan with other scans where `scanAt` gives one. */
function replaced(
  relations: readonly Relation[],
  scanAt: (relation: number) => Plan | undefined,
): Plan {
  const plans: Plan[] = [];
  for (const [at, { node, inputs }] of relations.entries()) {
    plans.push(
      scanAt(at) ??
        withInputs(
          node,
          inputs.map((input) => plans[input]),
        ),
    );
  }
  return plans[plans.length - 1];
}
