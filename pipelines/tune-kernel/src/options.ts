import type { OptionsOf, OptionTable } from '@wavetune/cli';
import { DEFAULT_MARGIN, DTYPES, STRATEGIES } from '@wavetune/kernels';

/** The command line of `tune-kernel`. */
export const OPTIONS = {
  device: {
    type: 'string',
    demandOption: true,
    describe: 'A device of the table, or a file of its form',
  },
  dtype: {
    type: 'string',
    default: 'bf16',
    choices: Object.keys(DTYPES),
    describe: 'Of the operands',
  },
  m: { type: 'string', demandOption: true, describe: 'Rows, one or several: 16,512' },
  n: {
    type: 'number',
    demandOption: true,
    describe: "Columns; of an MoE a rank's share of the expert width",
  },
  k: { type: 'number', demandOption: true, describe: 'Depth; of an MoE the width of the model' },
  experts: { type: 'number', describe: 'Experts of an MoE layer' },
  'top-k': { type: 'number', default: 1, describe: 'Experts a token goes to' },
  ep: { type: 'number', default: 1, describe: 'Ranks that share the experts out' },
  routing: {
    type: 'string',
    default: 'balanced',
    describe: 'How tokens spread over experts: balanced or power_law_<exponent>',
  },
  l2: {
    type: 'string',
    choices: ['cold', 'warm'],
    default: 'cold',
    describe: 'Other layers ran in between (cold), or one layer repeats (warm)',
  },
  top: { type: 'number', default: 8, describe: 'Tiles to list' },
  'split-k': {
    type: 'boolean',
    default: false,
    describe: "Also split K over blocks where SMs would idle; engines' tuned files cannot say it",
  },
  strategy: {
    type: 'string',
    default: 'default:vllm',
    describe: `What to compare with: ${STRATEGIES.map(({ name }) => `default:${name}`).join(', ')}`,
  },
  margin: {
    type: 'number',
    default: DEFAULT_MARGIN,
    describe: 'Gain for which the default is left',
  },
  calibration: { type: 'string', describe: 'A calibration file; left out: the shipped one' },
  measured: {
    type: 'string',
    describe: 'Timed kernels of this device: JSONL, or a log of the autotuner',
  },
  neighbours: {
    type: 'string',
    describe: 'Published tuned configurations (CSV) to take as evidence',
  },
  explain: { type: 'boolean', default: false, describe: "The cost's terms side by side" },
  'emit-sweep': {
    type: 'string',
    describe: 'Write the problems and candidates to time here, for experiments/gpu-sweep',
  },
  json: { type: 'boolean', default: false, describe: 'A machine-readable answer' },
} as const satisfies OptionTable;

export type RawOptions = OptionsOf<typeof OPTIONS>;

/** What is wrong between options, or nothing. */
export function faultOf(raw: RawOptions): string | undefined {
  const rules: readonly (readonly [holds: boolean, otherwise: string])[] = [
    [/^\d+(,\d+)*$/.test(raw.m), `--m ${raw.m}: accepted are whole numbers, as in 16,512`],
    [
      Number.isSafeInteger(raw.top) && raw.top >= 1,
      `--top ${raw.top}: accepted is a whole number from 1`,
    ],
    [raw.margin >= 0, `--margin ${raw.margin}: accepted is a ratio from 0`],
  ];
  return rules.find(([holds]) => !holds)?.[1];
}
