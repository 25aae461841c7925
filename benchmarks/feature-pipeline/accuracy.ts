import type { Engine } from '@wavetune/engine';
import { optimizePlan } from '@wavetune/ir';
import {
  estimatePlan,
  type Observations,
  observationsOf,
  overlayMeasured,
  type PlanMetrics,
  withGroupsTold,
} from '@wavetune/metrics';
import { featurePipeline, fileSources } from './pipeline.ts';
import type { Scale } from './speed.ts';

const RANKS = 4;
const MEBIBYTE = 2 ** 20;

/**
 * Row and byte estimates of every node against what was measured: from the files' statistics alone, and with what one
 * profiled run on the first tables taught. Medians over the nodes.
 */
export async function measureAccuracy(
  engine: Engine,
  scales: readonly Scale[],
): Promise<readonly Record<string, string | number>[]> {
  let learned: Observations | undefined;
  const rows: Record<string, string | number>[] = [];
  for (const scale of scales) {
    const plan = optimizePlan(featurePipeline(fileSources(scale.tables), RANKS));
    const tables = await engine.statistics(plan);
    const measured = await engine.measure(plan);
    const before = overlayMeasured(estimatePlan(plan, { tables, worldSize: RANKS }), measured);
    const known = learned === undefined ? {} : { learned };
    const after = overlayMeasured(
      estimatePlan(plan, { tables, worldSize: RANKS, ...known }),
      measured,
    );
    learned ??= withGroupsTold(plan, observationsOf(plan, measured), tables);
    rows.push(rowOf(scale.rows, before, after));
  }
  return rows;
}

function rowOf(rows: number, before: PlanMetrics, after: PlanMetrics) {
  const megabytes = (bytes: number | undefined) => Number(((bytes ?? 0) / MEBIBYTE).toFixed(1));
  const factor = (value: number | undefined) => Number((value ?? 0).toFixed(2));
  const worst = (metrics: PlanMetrics) =>
    Math.max(...metrics.nodes.map(({ qError }) => qError?.rows ?? 1));
  return {
    rows,
    'input est., MiB': megabytes(before.inputBytes.estimated),
    'input, MiB': megabytes(before.inputBytes.value),
    'shuffle est., MiB': megabytes(before.shuffleBytes.estimated),
    'shuffle learned, MiB': megabytes(after.shuffleBytes.estimated),
    'shuffle, MiB': megabytes(after.shuffleBytes.value),
    'q rows': factor(before.qError?.rows),
    'q rows, learned': factor(after.qError?.rows),
    'q bytes, learned': factor(after.qError?.bytes),
    'worst q rows, learned': factor(worst(after)),
    'spilled, MiB': megabytes(after.run?.spilledBytes),
    'peak, MiB': megabytes(after.run?.peakMemoryBytes),
  };
}
