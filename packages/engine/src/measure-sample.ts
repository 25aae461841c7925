import { createRng } from '@wavetune/core';
import { col, type Expr, type Plan, schemaOf } from '@wavetune/ir';
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
import { largestSource, placed, rowsIn } from './sampled-source.ts';
import { inRun, type Run, type Session } from './session.ts';
import { settleFiles } from './settle.ts';
import { keepRelation, type Stage, stageRelations, tableScan } from './stage.ts';

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
