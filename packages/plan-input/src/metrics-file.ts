import { stat } from 'node:fs/promises';
import { WAVETUNE_VERSION } from '@wavetune/core';
import { encodePlanMetrics } from '@wavetune/documents';
import type { PlanMetrics } from '@wavetune/metrics';

/** A file that figures rest on. */
export interface InputFile {
  readonly path: string;
  readonly bytes: number;
}

/** The files with their sizes. */
export async function inputFilesOf(paths: readonly string[]): Promise<readonly InputFile[]> {
  return Promise.all(paths.map(async (path) => ({ path, bytes: (await stat(path)).size })));
}

/** The `plan-metrics/1` document of a plan, in parts. @throws WavetuneError `documents.invalid` */
export function metricsFileOf(
  metrics: PlanMetrics,
  made: { readonly by: string; readonly from: readonly InputFile[] },
): Iterable<string> {
  return encodePlanMetrics({
    schema: 'plan-metrics/1',
    meta: { generator: `wavetune ${WAVETUNE_VERSION} ${made.by}`, inputs: made.from },
    ...metrics,
  });
}
