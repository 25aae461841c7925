import type { OptionsOf, OptionTable } from '@wavetune/cli';
import { DEFAULT_MARGIN, DTYPES, STRATEGIES } from '@wavetune/kernels';

const STRATEGY_NAMES = STRATEGIES.map(({ name }) => `default:${name}`);

/** What the kernel half looks at; `--device` turns it on. */
export const KERNEL_OPTIONS = {
  device: {
    type: 'string',
    describe:
      'Tune kernels for this device of the table, or a file of its form; without it prefill time is that of an H100',
  },
  dtype: {
    type: 'string',
    default: 'bf16',
    choices: ['fp8', ...Object.keys(DTYPES)],
    describe: "Of the weights and activations; fp8 is the checkpoint's own form of it",
  },
  tp: { type: 'number', default: 1, describe: 'Ranks that split heads, widths and vocabulary' },
  ep: { type: 'number', default: 1, describe: 'Ranks that share the experts out' },
  'token-budget': { type: 'number', default: 8192, describe: 'Tokens a step at most' },
  'max-sequences': { type: 'number', default: 256, describe: 'Requests that run at once' },
  arrivals: {
    type: 'string',
    choices: ['timed', 'saturated'],
    default: 'timed',
    describe: 'Requests arrive by their times, or are all there from the start',
  },
  routing: {
    type: 'string',
    default: 'balanced',
    describe: 'How tokens spread over experts: balanced or power_law_<exponent>',
  },
  strategy: {
    type: 'string',
    describe: `What kernels have to beat: ${STRATEGY_NAMES.join(', ')}, datajax; for a plan how to choose: modelled, datajax`,
    defaultDescription: "the engine's, else default:vllm; modelled",
  },
  margin: {
    type: 'number',
    default: DEFAULT_MARGIN,
    describe: "Gain for which a kernel's default is left",
  },
  measured: {
    type: 'string',
    array: true,
    describe: "Timings of this device (JSONL, the autotuner's log), engines' tuned files",
  },
  neighbours: { type: 'string', describe: 'Published tuned configurations (CSV) as evidence' },
  incumbent: {
    type: 'string',
    describe: 'The policies.json in use: within noise its kernels stay',
  },
  calibration: { type: 'string', describe: 'A calibration file; left out: the shipped one' },
  'triton-version': {
    type: 'string',
    default: '3.5.1',
    describe: 'Under which SGLang looks its files up',
  },
} as const satisfies OptionTable;

export type RawKernelOptions = OptionsOf<typeof KERNEL_OPTIONS>;

/** What is wrong with the values, or nothing. */
export function faultOfKernelOptions(raw: RawKernelOptions): string | undefined {
  for (const name of ['tp', 'ep', 'token-budget', 'max-sequences'] as const) {
    const value = raw[name];
    if (Number.isSafeInteger(value) && value >= 1 && value <= 1 << 20) continue;
    return `--${name} ${value}: accepted is a whole number from 1 to 1048576`;
  }
  for (const name of ['measured', 'neighbours', 'incumbent', 'calibration', 'strategy'] as const) {
    if (raw[name] !== undefined && raw.device === undefined) {
      return `--${name} is of kernels, which need --device`;
    }
  }
  if (!(raw.margin >= 0)) return `--margin ${raw.margin}: accepted is a ratio from 0`;
  return /^\d+(\.\d+)*$/.test(raw['triton-version'])
    ? undefined
    : `--triton-version ${raw['triton-version']}: accepted is a version such as 3.5.1`;
}
