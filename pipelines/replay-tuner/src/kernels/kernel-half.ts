import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { listModels } from '@wavetune/catalog';
import { publishFile, type TraceColumns } from '@wavetune/core';
import type { Policies } from '@wavetune/documents';
import type { Pool } from '@wavetune/pool';
import type { KernelFiles } from '../kernel-files/kernel-file-exporter.ts';
import { KERNEL_FILE_EXPORTERS } from '../kernel-files/kernel-file-exporters.ts';
import { gainByBucket } from './kernel-figures.ts';
import type { KernelGround } from './kernel-ground.ts';
import { wavesOfTrace } from './trace-waves.ts';
import { type KernelTuning, tuneKernels } from './tune-kernels.ts';

/** Whose hits leave the prompts before steps are formed. */
export interface RemovedHits {
  /** Shape `[requests]`. */
  readonly tokens: ArrayLike<number>;
  /** A sentence for the report. */
  readonly cache: string;
}

/** The kernel half of a run, files still unwritten. */
export interface KernelHalf {
  readonly tuning: KernelTuning;
  readonly cache: string;
  readonly exports: readonly (KernelFiles & { readonly engine: string })[];
}

/** Forms the steps, tunes, and lays out the files of the engines named. */
export async function runKernelHalf(
  ground: KernelGround,
  {
    columns,
    hits,
    engines,
    pool,
  }: {
    readonly columns: TraceColumns;
    readonly hits: RemovedHits;
    readonly engines: readonly string[];
    readonly pool: Pool;
  },
): Promise<KernelHalf> {
  const tuning = await tuneKernels(ground, wavesOfTrace(columns, hits.tokens, ground), pool);
  const chosen = KERNEL_FILE_EXPORTERS.filter(
    ({ option }) => engines.includes('all') || engines.includes(option),
  );
  const catalogue = chosen.length === 0 ? [] : await listModels();
  const exports = await Promise.all(
    chosen.map(async (exporter) => ({
      engine: exporter.option,
      ...(await exporter.filesOf(tuning, catalogue)),
    })),
  );
  return { tuning, cache: hits.cache, exports };
}

/** Writes the files below `folder`, and names them in the order written. */
export async function writeKernelFiles(
  folder: string,
  { exports }: KernelHalf,
): Promise<readonly string[]> {
  const paths: string[] = [];
  for (const { name, text } of exports.flatMap(({ files }) => files)) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await publishFile(path, [text]);
    paths.push(path);
  }
  return paths;
}

/** What `--json` prints of the kernels: totals, steps, and what is plotted. */
export function kernelSummary(policies: Policies, { tuning }: KernelHalf) {
  const { kernels = [], kernel_totals, kernel_run } = policies;
  return {
    used: kernels.filter(({ verdict }) => verdict === 'use').length,
    problems: kernels.length,
    totals: kernel_totals ?? [],
    ...(kernel_run && { run: kernel_run }),
    tiles_over_m: kernels.map(({ problem, M, policy, verdict, gain }) => ({
      ...{ role: problem.role, M, verdict, gain },
      ...{ BM: policy.BM, BN: policy.BN, BK: policy.BK },
    })),
    gain_over_m: gainByBucket(tuning.decided).map(({ m, gain }) => ({ M: m, gain })),
  };
}
