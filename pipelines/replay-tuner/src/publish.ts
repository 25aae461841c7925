import { dirname, join, relative } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Session } from '@wavetune/cli';
import { canonicalJson, publishFile } from '@wavetune/core';
import { encodePolicies, type Policies } from '@wavetune/documents';
import { inputsOf } from '@wavetune/log-input';
import { kernelParts } from './kernels/kernel-document.ts';
import { kernelSummary, writeKernelFiles } from './kernels/kernel-half.ts';
import { kernelReport } from './kernels/kernel-report.ts';
import type { RawOptions } from './options.ts';
import { policiesOf } from './policies-document.ts';
import { reportOf } from './report.ts';
import type { Tuning } from './tune-all.ts';
import type { CacheTuning } from './tune-cache.ts';

/** Writes the document and the engines' files, then says what was found; nothing is written before all is known. */
export async function publish(
  raw: RawOptions,
  session: Session,
  { tuning, files }: { readonly tuning: Tuning; readonly files: readonly string[] },
): Promise<void> {
  session.checkpoint();
  const inputs = await inputsOf(files);
  const home = raw.out === '-' ? '.' : dirname(raw.out);
  const placeOf = (file: string): string => relative(home, join(raw['engine-dir'], file));
  const policies = policiesOf({
    ...tuning,
    kernels: tuning.kernels ? kernelParts(tuning.kernels, placeOf) : {},
    ...{ inputs, seed: raw.seed, placeOf },
  });
  const parts = [...encodePolicies(policies)];
  const engineFiles = [
    ...('absent' in tuning.cache ? [] : await writeEngineFiles(raw['engine-dir'], tuning.cache)),
    ...(tuning.kernels ? await writeKernelFiles(raw['engine-dir'], tuning.kernels) : []),
  ];
  if (raw.out === '-') await pipeline(Readable.from(parts), process.stdout, { end: false });
  else await publishFile(raw.out, parts);
  if (raw.json) session.print(canonicalJson(summaryOf(policies, tuning)));
  else if (raw.out !== '-') {
    const written = [raw.out, ...engineFiles].map((path) => `wrote ${path}`);
    session.print(fullReport(tuning, written));
  }
}

function fullReport({ cache, kernels }: Tuning, written: readonly string[]): string {
  return [
    ...('absent' in cache ? [] : [reportOf(cache)]),
    ...(kernels ? [kernelReport(kernels)] : []),
    written.join('\n'),
  ].join('\n\n');
}

async function writeEngineFiles(
  folder: string,
  { engines }: CacheTuning,
): Promise<readonly string[]> {
  const paths: string[] = [];
  for (const { exporter, advice } of engines) {
    for (const { name, text } of exporter.filesOf(advice)) {
      const path = join(folder, name);
      await publishFile(path, [text]);
      paths.push(path);
    }
  }
  return paths;
}

/** What `--json` prints: the verdicts and the figures, without tables and candidates. */
function summaryOf(policies: Policies, { kernels }: Tuning) {
  const { cache, cache_absent } = policies;
  return {
    ...(cache === null ? { cache_absent: cache_absent ?? null } : cacheSummary(cache)),
    ...(kernels && { kernels: kernelSummary(policies, kernels) }),
  };
}

function cacheSummary(cache: NonNullable<Policies['cache']>) {
  const { policy, parameters, verdict, reason, gain, ours, optimum, ceiling, engines } = cache;
  return {
    policy,
    parameters,
    verdict,
    reason,
    gain,
    ours,
    default: cache.default,
    optimum,
    ceiling,
    engines: engines.map(({ engine, verdict, reason, files }) => ({
      engine,
      verdict,
      reason,
      files,
    })),
  };
}
