import { readFile, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { isWavetuneError } from '@wavetune/core';
import {
  decodeCacheComparison,
  decodeCacheReplay,
  decodePolicies,
  decodeWaveSpec,
  isWaveSpec,
} from '@wavetune/documents';
import { reportError } from '../report-errors.ts';
import { type Manifest, parseManifest } from './manifest.ts';
import { type QuarantineSummary, summariseQuarantine } from './quarantine.ts';
import { RUN_FILES, type RunDocuments } from './run-documents.ts';
import { readRunFiles } from './run-files.ts';

/**
 * Reads the documents that a run folder has.
 *
 * @throws WavetuneError `report.no-run` where there is no such folder, `report.empty-run` where it holds no document at
 *   all, `report.unreadable` and `report.bad-document` for a document that is there and cannot be used.
 */
export async function readRun(path: string): Promise<RunDocuments> {
  await requireFolder(path);
  const replayAt = (file: string) => readDocument(join(path, file), decodeCacheReplay);
  const wavespec = await readDocument(join(path, RUN_FILES.wavespec), decodeWaveSpec);
  const policies = await readDocument(join(path, RUN_FILES.policies), decodePolicies);
  const run: RunDocuments = {
    name: basename(resolve(path)),
    manifest: await readDocument(join(path, RUN_FILES.manifest), manifestOf),
    ...wavespecPart(wavespec),
    replay: await replayAt(RUN_FILES.replay),
    lruCurve: await replayAt(RUN_FILES.lruCurve),
    ttlCurve: await replayAt(RUN_FILES.ttlCurve),
    tiers: await replayAt(RUN_FILES.tiers),
    policies,
    comparison: await readDocument(join(path, RUN_FILES.comparison), decodeCacheComparison),
    quarantine: await readQuarantine(join(path, RUN_FILES.quarantine)),
    files: policies === undefined ? [] : await readRunFiles(path, policies),
  };
  if (!hasDocument(run)) {
    throw reportError('report.empty-run', { path, accepted: Object.values(RUN_FILES) });
  }
  return run;
}

async function requireFolder(path: string): Promise<void> {
  const found = await stat(path).catch((cause: NodeJS.ErrnoException) => {
    const reason = cause.code === 'ENOENT' ? 'there is no such folder' : cause.message;
    throw reportError('report.no-run', { path, reason }, { cause });
  });
  if (!found.isDirectory()) throw reportError('report.no-run', { path, reason: 'it is no folder' });
}

async function readDocument<T>(path: string, decode: (text: string) => T): Promise<T | undefined> {
  const text = await readIfThere(path);
  if (text === undefined) return undefined;
  try {
    return decode(text);
  } catch (cause) {
    if (!isWavetuneError(cause) || cause.code === 'report.bad-document') throw cause;
    throw reportError('report.bad-document', { path, reason: cause.message }, { cause });
  }
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const error = cause as NodeJS.ErrnoException;
    if (error.code === 'ENOENT') return undefined;
    throw reportError('report.unreadable', { path, reason: error.message }, { cause });
  }
}

function manifestOf(text: string): Manifest {
  const manifest = parseManifest(text);
  if (typeof manifest !== 'string') return manifest;
  throw reportError('report.bad-document', { path: RUN_FILES.manifest, reason: manifest });
}

async function readQuarantine(path: string): Promise<QuarantineSummary | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() ? summariseQuarantine(path) : undefined;
}

function wavespecPart(
  spec: ReturnType<typeof decodeWaveSpec> | undefined,
): Pick<RunDocuments, 'wavespec' | 'wavespecAbsence'> {
  if (spec === undefined || isWaveSpec(spec)) return { wavespec: spec, wavespecAbsence: undefined };
  return {
    wavespec: undefined,
    wavespecAbsence: `${RUN_FILES.wavespec} was made with --prefix-mode datajax, whose cohorts are shards of a hash and not prefixes.`,
  };
}

function hasDocument(run: RunDocuments): boolean {
  const { wavespec, wavespecAbsence, replay, lruCurve, ttlCurve, tiers, policies, comparison } =
    run;
  const documents = [
    wavespec,
    wavespecAbsence,
    replay,
    lruCurve,
    ttlCurve,
    tiers,
    policies,
    comparison,
  ];
  return documents.some((document) => document !== undefined);
}
