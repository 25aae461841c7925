import type { OptionsOf, OptionTable } from '@wavetune/cli';
import { countersPathOf, decodeCounters, type RuntimeCounters } from '@wavetune/metrics';
import type { TableFiles } from './bind-plan.ts';
import type { CostOptions } from './cost-plan.ts';
import { filesIn } from './leaves.ts';
import type { PlanFile } from './plan-file.ts';
import { planInputError } from './plan-input-errors.ts';

/** The tables of a plan, for every command that takes one. */
export const TABLE_OPTIONS = {
  sample: { type: 'string', describe: "Rows of a plan's input: Parquet, or CSV with a header" },
  rhs: { type: 'string', array: true, describe: "Rows of a plan's other tables: TAG=FILE" },
  'world-size': {
    type: 'number',
    describe: "Ranks over which a plan's rows lie",
    defaultDescription: '1',
  },
} as const satisfies OptionTable;

/** How the figures of a plan are found. */
export const COST_OPTIONS = {
  'sample-rows': {
    type: 'number',
    describe: 'Measure a plan on about so many rows of its largest table, and scale with bounds',
    defaultDescription: '1,000,000',
  },
  full: { type: 'boolean', describe: 'Measure a plan on all rows, however many' },
  'runtime-metrics': {
    type: 'string',
    describe:
      'Counters of a real run of a plan, a file or inline JSON; WAVETUNE_RUNTIME_METRICS says it too',
  },
  'metrics-out': { type: 'string', describe: 'Also write what a plan costs here: plan-metrics/1' },
} as const satisfies OptionTable;

export type RawTableOptions = OptionsOf<typeof TABLE_OPTIONS>;
export type RawCostOptions = OptionsOf<typeof COST_OPTIONS>;

/** Rows that a plan is measured on where nothing is said. Chosen: a second or two. */
const SAMPLE_ROWS = 1_000_000;

/** What is wrong with the values, or nothing. */
export function faultOfPlanOptions(
  raw: RawTableOptions & Partial<RawCostOptions>,
): string | undefined {
  for (const name of ['world-size', 'sample-rows'] as const) {
    const value = raw[name] ?? 1;
    if (Number.isSafeInteger(value) && value >= 1) continue;
    return `--${name} ${value}: accepted is a whole number from 1`;
  }
  return raw.full === true && raw['sample-rows'] !== undefined
    ? 'give --sample-rows or --full, one of them'
    : undefined;
}

/** The files that a command line names. @throws WavetuneError `usage.bad-rhs`, `plan-input.repeated-tag` */
export function tableFilesOf({ sample, rhs = [] }: RawTableOptions): TableFiles {
  return { ...(sample === undefined ? {} : { sample }), rhs: parseRhs(rhs) };
}

/** How a command line wants figures to be found. @throws WavetuneError `metrics.bad-counters` */
export function costOptionsOf(
  raw: RawTableOptions & RawCostOptions,
  seed: number,
): Pick<CostOptions, 'worldSize' | 'sample' | 'counters'> {
  const counters = countersOf(raw);
  return {
    worldSize: raw['world-size'] ?? 1,
    ...(raw.full === true ? {} : { sample: { rows: raw['sample-rows'] ?? SAMPLE_ROWS, seed } }),
    ...(counters === undefined ? {} : { counters }),
  };
}

/** Every file that a run reads, each once: the plan, what it names itself, what the command line gives for tables and counters. */
export function pathsRead(
  path: string,
  file: PlanFile,
  raw: RawTableOptions & Partial<RawCostOptions>,
): readonly string[] {
  const { sample = [], rhs } = tableFilesOf(raw);
  const counters = countersPathOf(countersTextOf(raw) ?? '{}') ?? [];
  const named = file.format === 'ir/1' ? filesIn(file.plan) : [];
  return [...new Set([path, named, sample, Object.values(rhs), counters].flat())];
}

function countersOf(raw: RawCostOptions): RuntimeCounters | undefined {
  const text = countersTextOf(raw);
  return text === undefined ? undefined : decodeCounters(text);
}

/** The counters of the command line, else those of the environment. */
function countersTextOf(raw: Partial<RawCostOptions>): string | undefined {
  const text = raw['runtime-metrics'] ?? process.env.WAVETUNE_RUNTIME_METRICS;
  return text === '' ? undefined : text;
}

/** The files of `TAG=FILE …` by tag. */
function parseRhs(words: readonly string[]): Readonly<Record<string, string>> {
  const files = new Map<string, string>();
  for (const word of words) {
    const at = word.indexOf('=');
    if (at < 1 || at === word.length - 1) throw planInputError('usage.bad-rhs', { found: word });
    const tag = word.slice(0, at);
    if (files.has(tag)) throw planInputError('plan-input.repeated-tag', { tag });
    files.set(tag, word.slice(at + 1));
  }
  return Object.fromEntries(files);
}
