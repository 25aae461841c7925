import { MODEL_OPTIONS } from '@wavetune/cache-sizing';
import type { OptionsOf, OptionTable } from '@wavetune/cli';
import { ENGINE_EXPORTERS } from '@wavetune/documents';
import { ENGINE_OPTION, faultOfEngine, faultOfLogOptions, LOG_OPTIONS } from '@wavetune/log-input';
import { KERNEL_FILE_EXPORTERS } from './kernel-files/kernel-file-exporters.ts';
import { faultOfKernelOptions, KERNEL_OPTIONS } from './kernels/kernel-options.ts';
import { PLAN_OPTIONS } from './plan/plan-options.ts';

const CACHE_ENGINES = ENGINE_EXPORTERS.map(({ option }) => option);
const KERNEL_ENGINES = KERNEL_FILE_EXPORTERS.map(({ option }) => option);

/** The command line of `replay-tuner`. */
export const OPTIONS = {
  trace: {
    type: 'string',
    array: true,
    demandOption: true,
    describe: 'Files or globs, plain, .gz or .zst; or one plan, told by its content',
  },
  memory: {
    type: 'string',
    describe: 'What the cache may take, for example 40GiB; needs --model',
  },
  capacity: {
    type: 'string',
    describe: 'The same as a share of the distinct blocks or in blocks: 10%, 8192',
  },
  'measure-from': {
    type: 'number',
    default: 0.5,
    describe: 'Share of the requests to tune on; the rest judges',
  },
  engine: {
    type: 'string',
    array: true,
    choices: [...new Set([...CACHE_ENGINES, ...KERNEL_ENGINES]), 'all'],
    describe: 'Also write the files of these engines and tools; --read-with says where to read',
  },
  'engine-dir': {
    type: 'string',
    default: '.',
    describe: 'Where the files for engines go',
  },
  cohorts: {
    type: 'number',
    default: 64,
    describe: 'Prefixes to give a time to live and a priority, by tokens saved',
  },
  'compared-references': {
    type: 'number',
    describe:
      'Compare candidates on the last so many block references that tune, or on as many as fill the cache twice; judged is on all of the rest',
    defaultDescription: 'all that tune',
  },
  seed: { type: 'number', default: 1, describe: 'Of the bootstrap and of samples' },
  ...MODEL_OPTIONS,
  ...KERNEL_OPTIONS,
  ...PLAN_OPTIONS,
  ...LOG_OPTIONS,
  'read-with': {
    ...ENGINE_OPTION.engine,
    describe: `${ENGINE_OPTION.engine.describe}; what other commands call --engine`,
  },
  out: {
    type: 'string',
    default: 'policies.json',
    describe: 'Where to write; - is standard output',
  },
  json: {
    type: 'boolean',
    default: false,
    describe: 'A machine-readable summary on standard output',
  },
} as const satisfies OptionTable;

export type RawOptions = OptionsOf<typeof OPTIONS>;

/** What is wrong whatever the trace is, or nothing. */
export function faultOf(raw: RawOptions): string | undefined {
  if (raw.json && raw.out === '-') return '--json and --out - both want standard output';
  if (!Number.isSafeInteger(raw.seed)) return `--seed ${raw.seed}: accepted is a whole number`;
  return faultOfEngine(raw['read-with'], 'read-with') ?? faultOfLogOptions(raw);
}

/** What is wrong between the options for traces of requests, or nothing. */
export function faultOfRequestRun(raw: RawOptions): string | undefined {
  const from = raw['measure-from'];
  const rules: readonly (readonly [holds: boolean, otherwise: string])[] = [
    [from >= 0 && from <= 1, `--measure-from ${from}: accepted is a ratio from 0 to 1`],
    [
      raw.memory === undefined || raw.capacity === undefined,
      'give --memory or --capacity, one of them',
    ],
    [
      hasCache(raw) || raw.device !== undefined,
      'give --memory or --capacity to tune a cache, --device to tune kernels, or both',
    ],
    [raw.device === undefined || raw.model !== undefined, '--device needs --model'],
    [raw.memory === undefined || raw.model !== undefined, '--memory needs --model'],
    [
      raw.engine === undefined || raw.model !== undefined,
      '--engine needs --model: engines are told bytes',
    ],
    [
      Number.isInteger(raw.cohorts) && raw.cohorts >= 0,
      `--cohorts ${raw.cohorts}: accepted is a whole number from 0`,
    ],
    [
      raw['compared-references'] === undefined || raw['compared-references'] >= 1,
      `--compared-references ${raw['compared-references']}: accepted is a count from 1`,
    ],
  ];
  return rules.find(([holds]) => !holds)?.[1] ?? faultOfEngines(raw) ?? faultOfKernelOptions(raw);
}

/** True where a cache is to be tuned. */
export function hasCache({ memory, capacity }: Pick<RawOptions, 'memory' | 'capacity'>): boolean {
  return memory !== undefined || capacity !== undefined;
}

/** An engine that nothing would be written for. */
function faultOfEngines(raw: RawOptions): string | undefined {
  const tunable = [
    ...(hasCache(raw) ? CACHE_ENGINES : []),
    ...(raw.device === undefined ? [] : KERNEL_ENGINES),
  ];
  const idle = raw.engine?.find((engine) => engine !== 'all' && !tunable.includes(engine));
  if (idle === undefined) return undefined;
  return `--engine ${idle} needs ${hasCache(raw) ? '--device' : '--memory or --capacity'}`;
}
