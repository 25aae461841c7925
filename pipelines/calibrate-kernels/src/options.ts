import { availableParallelism } from 'node:os';
import type { OptionsOf, OptionTable } from '@wavetune/cli';
import { DEFAULT_MARGIN } from '@wavetune/kernels';

/** The command line of `calibrate-kernels`. */
export const OPTIONS = {
  pairs: {
    type: 'string',
    describe: 'CSV of problems measured under two configurations; plain, .gz or .zst',
  },
  sweep: {
    type: 'string',
    describe: 'Timed kernels of one device: JSONL, or a log of the autotuner; needs --device',
  },
  device: { type: 'string', describe: 'The device of a sweep, by name or file' },
  evaluate: {
    type: 'boolean',
    default: false,
    describe: 'Fit nothing; judge the calibration',
  },
  calibration: {
    type: 'string',
    describe: 'The calibration to start from or to judge; left out: the shipped one',
  },
  margin: {
    type: 'number',
    default: DEFAULT_MARGIN,
    describe: 'Predicted gain for which the default is left',
  },
  evaluations: { type: 'number', default: 2000, describe: 'Trials of each fit' },
  stride: { type: 'number', default: 4, describe: 'Fit on every how many-th row; all are judged' },
  seed: { type: 'number', default: 1, describe: 'Of the search' },
  'leave-out': {
    type: 'boolean',
    default: true,
    describe: 'Also fit without each model in turn, and judge on it',
  },
  threads: {
    type: 'number',
    default: availableParallelism(),
    describe: 'Worker threads',
  },
  source: {
    type: 'string',
    describe: 'What the measurements are, in a sentence; goes into the calibration',
  },
  date: { type: 'string', describe: 'Of the measurements, YYYY-MM-DD; goes into the calibration' },
  out: { type: 'string', describe: 'Write the fitted calibration here' },
  json: {
    type: 'boolean',
    default: false,
    describe: 'A machine-readable verdict instead of tables',
  },
} as const satisfies OptionTable;

export type RawOptions = OptionsOf<typeof OPTIONS>;

/** What is wrong between options, or nothing. */
export function faultOf(raw: RawOptions): string | undefined {
  const whole = (value: number) => Number.isSafeInteger(value) && value >= 1;
  const rules: readonly (readonly [holds: boolean, otherwise: string])[] = [
    [
      (raw.pairs === undefined) !== (raw.sweep === undefined),
      'give --pairs or --sweep, one of them',
    ],
    [raw.sweep === undefined || raw.device !== undefined, '--sweep needs --device'],
    [whole(raw.evaluations), `--evaluations ${raw.evaluations}: accepted is a whole number from 1`],
    [whole(raw.stride), `--stride ${raw.stride}: accepted is a whole number from 1`],
    [whole(raw.threads), `--threads ${raw.threads}: accepted is a whole number from 1`],
    [raw.margin >= 0, `--margin ${raw.margin}: accepted is a ratio from 0`],
    [!(raw.evaluate && raw.out !== undefined), '--evaluate fits nothing that --out could write'],
    [
      raw.out === undefined || (raw.source !== undefined && raw.date !== undefined),
      '--out needs --source and --date: a calibration says where it comes from',
    ],
  ];
  return rules.find(([holds]) => !holds)?.[1];
}
