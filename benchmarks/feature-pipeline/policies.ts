import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { publishFile } from '@wavetune/core';
import { decodePolicies, type Policies } from '@wavetune/documents';
import { encodePlan } from '@wavetune/ir';
import { featurePipeline, TABLE_SOURCES } from './pipeline.ts';
import type { Scale } from './speed.ts';

const TUNER = fileURLToPath(new URL('../../bin/replay-tuner', import.meta.url));
const RANKS = 4;

type PlanPolicy = NonNullable<Policies['plan']>;

/** Runs replay-tuner as a user would, and keeps `<rows>-tuned.json` and `<rows>-datajax.json` in `folder`. */
export async function comparePolicies(
  scales: readonly Scale[],
  folder: string,
): Promise<readonly Record<string, string | number>[]> {
  mkdirSync(folder, { recursive: true });
  const trace = join(folder, 'plan.json');
  await publishFile(trace, [encodePlan(featurePipeline(TABLE_SOURCES, RANKS)), '\n']);
  return scales.map(({ rows, tables }) => {
    const words = ['--trace', trace, '--sample', tables.orders];
    words.push('--rhs', `customers=${tables.customers}`, '--world-size', String(RANKS));
    const tuned = tune(words, join(folder, `${rows}-tuned.json`));
    const formula = [...words, '--strategy', 'datajax'];
    return rowOf(rows, tuned, tune(formula, join(folder, `${rows}-datajax.json`)));
  });
}

function tune(words: readonly string[], out: string): PlanPolicy {
  const { status, stderr } = spawnSync(TUNER, [...words, '--out', out], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  const { plan } = decodePolicies(readFileSync(out, 'utf8'));
  if (plan === undefined) throw new Error(`${out} holds no policies of a plan`);
  return plan;
}

function rowOf(rows: number, { stagings, total }: PlanPolicy, { datajax }: PlanPolicy) {
  const used = stagings.filter(({ verdict }) => verdict === 'use').length;
  const formula = stagings.reduce((sum, { heuristic }) => sum + (heuristic?.micros ?? 0), 0);
  const runs = stagings.every(({ heuristic }) => heuristic?.feasible === true);
  const { BM = 0, BK = 0, stage_depth = 0 } = datajax?.policy ?? {};
  return {
    rows,
    'untold, µs': Number(total.baseline_micros.toFixed(1)),
    'datajax, µs': `${formula.toFixed(1)}${runs ? '' : ' (cannot be compiled)'}`,
    'datajax BM × BK, depth': `${BM} × ${BK}, ${stage_depth}`,
    'tuned, µs': Number(total.micros.toFixed(1)),
    used: `${used} of ${stagings.length}`,
  };
}
