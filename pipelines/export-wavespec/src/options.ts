import type { OptionsOf, OptionTable } from '@wavetune/cli';
import { EXPORT_FORMATS } from '@wavetune/documents';
import { ENGINE_OPTION, faultOfEngine, faultOfLogOptions, LOG_OPTIONS } from '@wavetune/log-input';

/** The command line of `export-wavespec`. */
export const OPTIONS = {
  logs: {
    type: 'string',
    array: true,
    demandOption: true,
    describe: 'Files or globs; plain, .gz or .zst',
  },
  ...LOG_OPTIONS,
  ...ENGINE_OPTION,
  'prefix-mode': {
    ...LOG_OPTIONS['prefix-mode'],
    choices: ['bytes', 'delimiter', 'datajax'],
  },
  'page-bits': {
    type: 'number',
    default: 20,
    describe: 'datajax: low bits of a hash within one page',
  },
  'usage-json': {
    type: 'string',
    describe: 'datajax: a JSON file of uses by column, which orders pack_order',
  },
  model: {
    type: 'string',
    describe: 'A model of the catalogue or a Hugging Face config.json; gives the bytes a token',
  },
  'page-bytes': { type: 'string', describe: 'Bytes of one KV block, where no --model says it' },
  memory: { type: 'string', describe: 'What pinned pages may take, for example 40GiB' },
  'top-k': {
    type: 'string',
    default: '64',
    describe: 'Cohorts to list, by tokens saved; none lists all that save any',
  },
  'half-life': {
    type: 'number',
    default: 3600,
    describe: 'Seconds in which popularity halves',
  },
  waves: { type: 'number', default: 16, describe: 'Request windows to plan, the busiest ones' },
  'window-ms': { type: 'number', default: 20, describe: 'Length of a window' },
  'min-io': {
    type: 'string',
    default: '512KiB',
    describe: "Smallest extent a wave fetches; BCache's planner drops smaller ones",
  },
  blocks: { type: 'string', describe: 'Also write the table of blocks here (Parquet)' },
  'format-out': {
    type: 'string',
    choices: EXPORT_FORMATS.map((format) => format.name),
    default: 'json',
    describe: 'Form of the output',
  },
  out: {
    type: 'string',
    default: 'wavespec.json',
    describe: 'Where to write; - is standard output',
  },
  json: {
    type: 'boolean',
    default: false,
    describe: 'A machine-readable summary on standard output',
  },
  explain: {
    type: 'boolean',
    default: false,
    describe:
      'Print the plan that reads the logs, its SQL and the profile of its run; write nothing',
  },
} as const satisfies OptionTable;

export type RawOptions = OptionsOf<typeof OPTIONS>;

/** What is wrong with the values or between them, or nothing. */
export function faultOf(raw: RawOptions): string | undefined {
  const { memory, model, 'page-bits': pageBits, 'page-bytes': pageBytes } = raw;
  const rules: readonly (readonly [holds: boolean, otherwise: string])[] = [
    [
      topKOf(raw['top-k']) !== undefined,
      `--top-k ${raw['top-k']}: accepted is a whole number from 1, or none`,
    ],
    [
      Number.isInteger(pageBits) && pageBits >= 0 && pageBits <= 63,
      `--page-bits ${pageBits}: accepted is a whole number from 0 to 63`,
    ],
    [
      Number.isInteger(raw.waves) && raw.waves >= 0,
      `--waves ${raw.waves}: accepted is a whole number from 0`,
    ],
    [raw['window-ms'] > 0, `--window-ms ${raw['window-ms']}: accepted is a positive number`],
    [raw['half-life'] > 0, `--half-life ${raw['half-life']}: accepted is a positive number`],
    [
      memory === undefined || model !== undefined || pageBytes !== undefined,
      '--memory needs --model or --page-bytes, which say what a block takes',
    ],
    [
      model === undefined || pageBytes === undefined,
      '--model and --page-bytes both say what a block takes; give one',
    ],
    [
      raw['usage-json'] === undefined || raw['prefix-mode'] === 'datajax',
      '--usage-json goes with --prefix-mode datajax',
    ],
    [
      raw['prefix-mode'] !== 'datajax' || notForDatajax(raw) === undefined,
      `--${notForDatajax(raw)} says nothing in --prefix-mode datajax, which sees every row and keeps no blocks; leave it out`,
    ],
    [
      raw.engine === undefined || raw.blocks === undefined,
      '--blocks is written by the embedded engine; leave --engine out',
    ],
    [!(raw.json && raw.out === '-'), '--json and --out - both want standard output; give one'],
  ];
  return (
    rules.find(([holds]) => !holds)?.[1] ?? faultOfEngine(raw.engine) ?? faultOfLogOptions(raw)
  );
}

/** An option without a meaning for documents of shards. */
function notForDatajax(raw: RawOptions): string | undefined {
  const options = ['memory', 'model', 'page-bytes', 'blocks', 'quarantine'] as const;
  return options.find((option) => raw[option] !== undefined);
}

/** Cohorts to list, infinity for all; undefined for what is no such number. */
export function topKOf(text: string): number | undefined {
  if (text === 'none') return Number.POSITIVE_INFINITY;
  return /^[1-9]\d*$/.test(text) ? Number(text) : undefined;
}
