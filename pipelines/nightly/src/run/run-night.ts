import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Session } from '@wavetune/cli';
import { type Clock, canonicalJson, publishFile, WAVETUNE_VERSION } from '@wavetune/core';
import type { Setup } from '../config/load-config.ts';
import { nightlyError } from '../nightly-errors.ts';
import { readPutOff } from '../steps/settle.ts';
import { stepsOf } from '../steps/steps.ts';
import { takeLock } from './lock.ts';
import type { GateResult, Manifest } from './manifest.ts';
import { type NightEnd, writeFailure, writeMetrics } from './metrics.ts';
import type { Night } from './night.ts';
import { removeStrays } from './remove-strays.ts';
import { sweep } from './retention.ts';
import { openRunLog, type RunLog } from './run-log.ts';
import { runSteps, type StepOutcome } from './run-steps.ts';
import {
  finishPublishing,
  listWork,
  makeRunsFolder,
  publishRun,
  removeWork,
  WORK,
} from './runs-folder.ts';
import { settleNight } from './settle-night.ts';
import { keyDigest } from './step-record.ts';

export interface RunOptions {
  readonly day: string;
  /** Keep what a killed run of this name has done. */
  readonly resume: boolean;
  /** Gates that a person opens tonight, by name. */
  readonly accepted?: readonly string[];
  readonly session: Session;
  readonly clock: Clock;
}

/** What came of a run: the name that it is published under, or why there was nothing to do. */
export type RunResult =
  | { readonly published: string; readonly notes: readonly string[] }
  | { readonly nothing: string };

/**
 * One night under the lock: settle, steps, gates, publish.
 *
 * @throws WavetuneError `nightly.locked`, `nightly.gate-failed`, `nightly.step-failed`, and those of `settleNight`.
 */
export async function runNight(setup: Setup, options: RunOptions): Promise<RunResult> {
  return await underLock(setup, options, async (signal) => {
    const night = await beginNight(setup, options);
    if (night.added.length === 0) return { nothing: nothingText(night) };
    if (!options.resume) await removeWork(setup.runsFolder, night.name);
    return await carryOut(night, options, signal);
  });
}

const LOG = 'log.jsonl';

/** Finishes what a killed run left half published, and settles what there is to do. */
async function beginNight(
  setup: Setup,
  { session, clock, day, accepted }: RunOptions,
): Promise<Night> {
  const started = clock.monotonicMillis();
  try {
    await finishPublishing(setup.runsFolder, session.note);
    return await settleNight(setup, day, accepted);
  } catch (error) {
    const seconds = (clock.monotonicMillis() - started) / 1000;
    await writeFailure(setup, { endedMillis: clock.nowMillis(), seconds }).catch(() => undefined);
    throw error;
  }
}

function nothingText({ previous, setup, notes }: Night): string {
  const why =
    previous === undefined
      ? `no logs match ${setup.config.logs.files.join(', ')}; nothing to do`
      : `no new logs since ${previous.name}; it stays current`;
  return [why, ...notes].join('\n');
}

/** Runs `work` while the runs folder is ours; its signal aborts when the person stops it or the lock is lost. */
export async function underLock<T>(
  { runsFolder }: Setup,
  { session, clock }: Pick<RunOptions, 'session' | 'clock'>,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  await makeRunsFolder(runsFolder);
  const lost = new AbortController();
  const held = await takeLock(runsFolder, {
    command: process.argv.slice(2).join(' '),
    since: new Date(clock.nowMillis()).toISOString(),
    onLost: (error) =>
      lost.abort(nightlyError('nightly.lock-lost', { folder: runsFolder, reason: error.message })),
    note: session.note,
  });
  try {
    return await work(AbortSignal.any([session.signal, lost.signal]));
  } finally {
    await held.release().catch(() => undefined);
  }
}

async function carryOut(
  night: Night,
  options: RunOptions,
  signal: AbortSignal,
): Promise<RunResult> {
  const { runsFolder, config } = night.setup;
  const { session, clock } = options;
  const runFolder = join(runsFolder, WORK, night.name);
  const log = openRunLog(join(runFolder, LOG), { echo: process.stderr.isTTY !== true });
  const started = clock.monotonicMillis();
  const end = (outcomes: readonly StepOutcome[], result: NightEnd['result']) => ({
    night,
    outcomes,
    result,
    endedMillis: clock.nowMillis(),
    seconds: (clock.monotonicMillis() - started) / 1000,
  });
  log.info('night begins', { run: night.name, added: night.added.length, notes: night.notes });
  try {
    const outcomes = [...(await workThrough(night, { runFolder, log, signal, session })).values()];
    const records = outcomes.map(({ record }) => record);
    await removeStrays(runFolder, records, [LOG]);
    const gates = await readGates(runFolder);
    const putOff = await readPutOff(runFolder);
    await writeManifest(night, runFolder, { outcomes, gates, putOff });
    const closed = gates.filter(({ passed }) => !passed);
    await writeMetrics(end(outcomes, closed.length > 0 ? 'gated' : 'published'), runFolder);
    if (closed.length > 0) throw gateError(night, closed);
    signal.throwIfAborted();
    await publishRun(runsFolder, night.name);
    for (const name of await listWork(runsFolder)) await removeWork(runsFolder, name);
    await sweep(runsFolder, config.retention);
    log.info('night published', { run: night.name });
    return { published: night.name, notes: [...night.notes, ...putOff] };
  } catch (error) {
    log.error('night failed', { run: night.name, error: (error as Error).message });
    if ((error as { code?: string }).code !== 'nightly.gate-failed') {
      await writeMetrics(end([], 'failed'), undefined).catch(() => undefined);
    }
    throw error;
  }
}

interface Workplace {
  readonly runFolder: string;
  readonly log: RunLog;
  readonly signal: AbortSignal;
  readonly session: Session;
}

function workThrough(night: Night, { runFolder, log, signal, session }: Workplace) {
  const steps = stepsOf(night);
  const working = new Set<string>();
  const show = (): void => session.progress.report([...working].join(', '), steps.length);
  return runSteps({
    steps,
    runFolder,
    configFolder: night.setup.folder,
    parallel: night.setup.config.parallel,
    log,
    signal,
    onStart: (step) => {
      working.add(step);
      show();
    },
    onEnd: ({ step, skipped, seconds }) => {
      working.delete(step);
      if (process.stderr.isTTY !== true) return;
      session.note(`${step.padEnd(10)} ${skipped ? 'was done' : `${seconds.toFixed(1)} s`}`);
      if (working.size > 0) show();
    },
  });
}

async function readGates(runFolder: string): Promise<readonly GateResult[]> {
  return JSON.parse(await readFile(join(runFolder, 'gates.json'), 'utf8')) as readonly GateResult[];
}

interface Findings {
  readonly outcomes: readonly StepOutcome[];
  readonly gates: readonly GateResult[];
  readonly putOff: readonly string[];
}

async function writeManifest(
  night: Night,
  runFolder: string,
  { outcomes, gates, putOff }: Findings,
): Promise<void> {
  const { fresh, late, corrected, gone } = night.change;
  const names = (partitions: readonly { readonly name: string }[]) =>
    partitions.map(({ name }) => name);
  const state = stepsOf(night).flatMap((step) => step.state ?? []);
  const manifest: Manifest = {
    schema: 'nightly-run/1',
    run: night.name,
    date: night.day,
    tool: WAVETUNE_VERSION,
    config: keyDigest(JSON.parse(JSON.stringify(night.setup.config))),
    counting: night.counting,
    previous: night.previous?.name ?? null,
    notes: [...night.notes],
    put_off: [...putOff],
    partitions: {
      fresh: names(fresh),
      late: names(late),
      corrected: names(corrected),
      gone: [...gone],
    },
    ledger: [...night.ledger],
    steps: outcomes
      .map(({ record: { step, key, outputs } }) => ({
        step,
        key,
        outputs: outputs.filter(({ path }) => !state.includes(path)),
      }))
      .sort((a, b) => (a.step < b.step ? -1 : 1)),
    state,
    gates: [...gates],
  };
  await publishFile(join(runFolder, 'manifest.json'), [canonicalJson(manifest, 1)]);
}

function gateError(night: Night, closed: readonly GateResult[]): Error {
  return nightlyError('nightly.gate-failed', {
    run: night.name,
    reasons: closed.map(({ name, reason }) => `${name}: ${reason}`),
    current: night.previous?.name ?? 'nothing',
  });
}
