import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isWavetuneError, systemClock, WAVETUNE_VERSION } from '@wavetune/core';
import { nightlyError } from '../nightly-errors.ts';
import type { RunLog } from './run-log.ts';
import type { Step } from './step.ts';
import {
  describeOutputs,
  keyDigest,
  readDoneRecord,
  recordPath,
  type StepRecord,
  writeRecord,
} from './step-record.ts';

/** How a step ended. */
export interface StepOutcome {
  readonly step: string;
  readonly skipped: boolean;
  readonly seconds: number;
  readonly record: StepRecord;
}

export interface StepRun {
  readonly steps: readonly Step[];
  readonly runFolder: string;
  readonly configFolder: string;
  /** Steps that work at one time. */
  readonly parallel: number;
  readonly log: RunLog;
  readonly signal: AbortSignal;
  readonly onStart?: (step: string) => void;
  readonly onEnd?: (outcome: StepOutcome) => void;
}

/**
 * Runs steps in the order of what they read, independent ones side by side; a step that is done is passed over. The first
 * failure stops what has not begun, waits for what runs, and is thrown; outputs of finished steps stay.
 *
 * Outputs appear whole: a step writes into a folder of its own, whose files are synced and moved, and its record, which
 * alone makes it done, is written last.
 */
export async function runSteps(run: StepRun): Promise<ReadonlyMap<string, StepOutcome>> {
  await mkdir(join(run.runFolder, 'steps'), { recursive: true });
  await clearAttempts(run.runFolder);
  const outcomes = new Map<string, StepOutcome>();
  const working = new Map<string, Promise<void>>();
  let failure: unknown;
  while (outcomes.size < run.steps.length) {
    for (const step of run.steps) {
      if (failure !== undefined || run.signal.aborted || working.size >= run.parallel) break;
      const isReady = step.after.every((name) => outcomes.has(name));
      if (outcomes.has(step.name) || working.has(step.name) || !isReady) continue;
      const work = runStep(run, step, outcomes)
        .then((outcome) => void outcomes.set(step.name, outcome))
        .catch((error: unknown) => {
          failure ??= error;
        })
        .finally(() => working.delete(step.name));
      working.set(step.name, work);
    }
    if (working.size === 0) break;
    await Promise.race(working.values());
  }
  run.signal.throwIfAborted();
  if (failure !== undefined) throw failure;
  if (outcomes.size < run.steps.length) throw new Error('steps wait for each other');
  return outcomes;
}

async function runStep(
  run: StepRun,
  step: Step,
  outcomes: ReadonlyMap<string, StepOutcome>,
): Promise<StepOutcome> {
  const inputs = step.after.map((name) => outcomes.get(name)!.record.outputs);
  const key = keyDigest({
    step: step.name,
    version: step.version,
    tool: WAVETUNE_VERSION,
    key: step.key,
    inputs,
  });
  const done = await readDoneRecord(run.runFolder, step.name, key);
  const start = systemClock.monotonicMillis();
  if (done === undefined) run.onStart?.(step.name);
  const record = done ?? (await attempt(run, step, key));
  const seconds = (systemClock.monotonicMillis() - start) / 1000;
  const outcome = { step: step.name, skipped: done !== undefined, seconds, record };
  run.log.info(done === undefined ? 'step done' : 'step was done', { step: step.name, seconds });
  run.onEnd?.(outcome);
  return outcome;
}

async function attempt(run: StepRun, step: Step, key: string): Promise<StepRecord> {
  const { runFolder, configFolder, log, signal } = run;
  const folder = join(runFolder, `${ATTEMPT}${step.name}-${randomBytes(4).toString('hex')}`);
  await mkdir(folder);
  log.info('step begins', { step: step.name });
  try {
    await step.run({ folder, runFolder, configFolder, log, signal });
    const outputs = await describeOutputs(folder);
    const missing = step.outputs.filter((name) => !outputs.some(({ path }) => path === name));
    if (missing.length > 0) throw new Error(`step ${step.name} left no ${missing.join(', ')}`);
    for (const { path } of outputs) await moveSynced(join(folder, path), join(runFolder, path));
    const record: StepRecord = {
      schema: 'nightly-step/1',
      step: step.name,
      key,
      outputs: [...outputs],
    };
    await writeRecord(recordPath(runFolder, step.name), record);
    return record;
  } catch (error) {
    throw isWavetuneError(error) || signal.aborted ? error : stepFault(step.name, error);
  } finally {
    await rm(folder, FOLDER);
  }
}

const ATTEMPT = '.attempt-';

/** A process whose run was killed may still write into its folder for a moment: the removal is tried again. */
const FOLDER = { recursive: true, force: true, maxRetries: 20, retryDelay: 100 } as const;

/** Removes what killed runs were working on. */
async function clearAttempts(runFolder: string): Promise<void> {
  for (const name of await readdir(runFolder)) {
    if (name.startsWith(ATTEMPT)) await rm(join(runFolder, name), FOLDER);
  }
}

async function moveSynced(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await syncPath(from);
  await rename(from, to);
  await syncPath(dirname(to));
}

async function syncPath(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A full disk or a folder that may not be written is the machine's state, not a bug. */
function stepFault(step: string, error: unknown): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === undefined) return error;
  const how = code === 'ENOSPC' ? 'found the disk full' : 'could not use the disk';
  return nightlyError(
    'nightly.step-failed',
    { step, how, tail: message, log: 'none' },
    { cause: error },
  );
}
