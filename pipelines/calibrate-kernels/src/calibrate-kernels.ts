import { defineCommand, type Session } from '@wavetune/cli';
import { publishFile } from '@wavetune/core';
import {
  loadCalibration,
  loadPairs,
  loadSweepPairs,
  type PairsOnDevices,
} from '@wavetune/kernel-input';
import {
  type Calibration,
  encodeCalibration,
  evaluatePairs,
  type FitJob,
  type FitResult,
  fitCalibrationTask,
  type PairEvaluation,
  type PreparedPairs,
  preparePairs,
} from '@wavetune/kernels';
import { createThreadPool } from '@wavetune/pool';
import { faultOf, OPTIONS, type RawOptions } from './options.ts';
import { fitReport, judgement, verdictReport } from './report.ts';

/** From measured times to the cost model's constants, and the judge of both. */
export const calibrateKernels = defineCommand({
  name: 'calibrate-kernels',
  summary:
    'Fits the constants of the kernel cost model to measured times, or judges how well a calibration chooses between ' +
    'configurations.',
  options: OPTIONS,
  examples: [
    ['calibrate-kernels --evaluate --pairs pairs.csv.gz --json', 'judge the shipped calibration'],
    ['calibrate-kernels --pairs pairs.csv.gz', 'fit, with each model left out in turn'],
    [
      'calibrate-kernels --sweep sweep.jsonl --device H100 --out h100.json --source "own sweep" --date 2026-11-21',
      'refit on a GPU of your own',
    ],
  ],
  check: faultOf,
  async run(raw, session) {
    const input = await readInput(raw);
    const calibration = await loadCalibration(raw.calibration);
    const prepared = preparePairs(input.pairs, (name) => input.devices[name]);
    const before = evaluatePairs(prepared, calibration.constants, raw);
    if (raw.evaluate) {
      session.print(raw.json ? JSON.stringify(judgement(before)) : verdictReport(before));
      return;
    }
    await fitFrom({ raw, session, input, prepared, before });
  },
});

function readInput(raw: RawOptions): Promise<PairsOnDevices> {
  return raw.pairs === undefined
    ? loadSweepPairs(raw.sweep ?? '', raw.device ?? '')
    : loadPairs(raw.pairs);
}

interface Fitting {
  readonly raw: RawOptions;
  readonly session: Session;
  readonly input: PairsOnDevices;
  readonly prepared: PreparedPairs;
  readonly before: PairEvaluation;
}

async function fitFrom({ raw, session, input, prepared, before }: Fitting): Promise<void> {
  const results = await fitInPool(raw, session, { input, models: Object.keys(before.byModel) });
  const whole = results.find((result) => result.job.leftOut === null);
  if (whole === undefined) throw new Error('the fit on all rows is missing');
  const after = evaluatePairs(prepared, whole.constants, raw);
  const leftOut = results.filter((result) => result.job.leftOut !== null);
  const report = { before, after, leftOut, constants: whole.constants };
  session.print(
    raw.json
      ? JSON.stringify({
          before: judgement(before),
          after: judgement(after),
          leftOut: leftOut.map(({ job, verdict }) => ({ model: job.leftOut, ...verdict })),
          constants: whole.constants,
        })
      : fitReport(report),
  );
  if (raw.out === undefined) return;
  await publishFile(raw.out, encodeCalibration(calibrationOf(raw, whole, after)));
  session.note(`wrote ${raw.out}`);
}

async function fitInPool(
  raw: RawOptions,
  session: Session,
  { input, models }: { readonly input: PairsOnDevices; readonly models: readonly string[] },
): Promise<readonly FitResult[]> {
  const leftOut = raw['leave-out'] && models.length > 1 ? models : [];
  const jobs: readonly FitJob[] = [null, ...leftOut].map((model) => ({
    leftOut: model,
    seed: raw.seed,
  }));
  session.note(`fitting ${jobs.length} times, ${raw.evaluations} trials each`);
  const pool = createThreadPool({ threads: raw.threads });
  try {
    const { pairs, devices } = input;
    const { evaluations, stride } = raw;
    return await pool.run(fitCalibrationTask, { pairs, devices, jobs, evaluations, stride });
  } finally {
    await pool.close();
  }
}

function calibrationOf(raw: RawOptions, result: FitResult, after: PairEvaluation): Calibration {
  const rounded = (value: number) => Number(value.toPrecision(4));
  return {
    schema: 'calibration/1',
    date: raw.date ?? '',
    source: raw.source ?? '',
    devices: Object.keys(after.byDevice),
    fit: {
      rows: after.n,
      regret: rounded(after.regret),
      harmShare: rounded(after.harmShare),
      timeError: rounded(after.timeError),
      ratioError: rounded(after.ratioError),
    },
    constants: result.constants,
  };
}
