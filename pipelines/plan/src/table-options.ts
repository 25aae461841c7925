import type { OptionsOf, OptionTable } from '@wavetune/cli';
import { parseRhs, type TableFiles } from '@wavetune/plan-input';

/** The plan, and the files of its tables. */
export const TABLE_OPTIONS = {
  plan: {
    type: 'string',
    demandOption: true,
    describe: "A plan document (ir/1), or datajax's array of steps",
  },
  sample: { type: 'string', describe: "Rows of the plan's input: Parquet, or CSV with a header" },
  rhs: {
    type: 'string',
    array: true,
    describe: 'Rows of another table of the plan: TAG=FILE',
  },
  'world-size': {
    type: 'number',
    default: 1,
    describe: "Ranks; datajax's traces spread their repartitions over them",
  },
  'engine-memory': {
    type: 'string',
    default: '1GiB',
    describe: 'What the engine may hold before it spills to disk',
  },
  threads: { type: 'number', describe: 'Threads', defaultDescription: "the machine's cores" },
} as const satisfies OptionTable;

type RawTableOptions = OptionsOf<typeof TABLE_OPTIONS>;

/** The files that a command line names. @throws WavetuneError `usage.bad-rhs`, `plan-input.repeated-tag` */
export function tableFilesOf({ sample, rhs }: RawTableOptions): TableFiles {
  return { ...(sample === undefined ? {} : { sample }), rhs: parseRhs(rhs ?? []) };
}

/** What is wrong with the values, or nothing. */
export function faultOfTableOptions(raw: RawTableOptions): string | undefined {
  const { 'world-size': worldSize, threads = 1 } = raw;
  if (!Number.isSafeInteger(worldSize) || worldSize < 1) {
    return `--world-size ${worldSize}: accepted is a whole number from 1`;
  }
  return Number.isSafeInteger(threads) && threads >= 1
    ? undefined
    : `--threads ${threads}: accepted is a whole number from 1`;
}
