import type { OptionTable } from '@wavetune/cli';
import { TABLE_OPTIONS } from '@wavetune/plan-input';

/** The plan, the files of its tables, and what the engine may use. */
export const PLAN_OPTIONS = {
  plan: {
    type: 'string',
    demandOption: true,
    describe: "A plan document (ir/1), or datajax's array of steps",
  },
  ...TABLE_OPTIONS,
  'engine-memory': {
    type: 'string',
    default: '1GiB',
    describe: 'What the engine may hold before it spills to disk',
  },
  threads: { type: 'number', describe: 'Threads', defaultDescription: "the machine's cores" },
} as const satisfies OptionTable;

/** What is wrong with the number of threads, or nothing. */
export function faultOfThreads({ threads = 1 }: { readonly threads: number | undefined }) {
  return Number.isSafeInteger(threads) && threads >= 1
    ? undefined
    : `--threads ${threads}: accepted is a whole number from 1`;
}
