import { readFileSync } from 'node:fs';
import { type Figure, improved } from './figure.ts';
import { metricsError } from './metrics-errors.ts';
import type { PlanMetrics } from './plan-metrics.ts';

/** What a user counted in production. */
export interface RuntimeCounters {
  readonly inputBytes?: number;
  readonly shuffleBytes?: number;
  /** Share of a multiprocessor's threads at work, in `[0, 1]`. */
  readonly occupancy?: number;
  /** Share of the reads that a cache held, in `[0, 1]`. */
  readonly reuse?: number;
  readonly notes: readonly string[];
}

/** The names under which each counter may come; the first that is there counts. */
const NAMES = {
  inputBytes: ['bytes_moved', 'input_bytes'],
  shuffleBytes: ['shuffle_bytes', 'bytes_shuffled'],
  occupancy: ['wgmma_occupancy', 'occupancy'],
  reuse: ['l2_reuse', 'cache_reuse'],
} as const;

const SHARES: ReadonlySet<string> = new Set(['occupancy', 'reuse']);

/** The file that holds the counters; undefined where the text is the JSON itself. */
export function countersPathOf(pathOrJson: string): string | undefined {
  return pathOrJson.trimStart().startsWith('{') ? undefined : pathOrJson;
}

/**
 * Runtime counters from JSON text, or from the file whose path the text is. A null counts as absent, an unknown key is
 * passed over.
 *
 * @throws WavetuneError `metrics.bad-counters`
 */
export function decodeCounters(pathOrJson: string): RuntimeCounters {
  const path = countersPathOf(pathOrJson);
  const where = path ?? 'the JSON text';
  const refuse = (reason: string, cause?: unknown) =>
    metricsError('metrics.bad-counters', { where, reason }, { cause });
  let value: unknown;
  try {
    value = JSON.parse(path === undefined ? pathOrJson : readFileSync(path, 'utf8'));
  } catch (error) {
    throw refuse(error instanceof Error ? error.message : String(error), error);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw refuse('it is no JSON object of counters');
  }
  return countersOf(value as Readonly<Record<string, unknown>>, refuse);
}

function countersOf(
  found: Readonly<Record<string, unknown>>,
  refuse: (reason: string) => Error,
): RuntimeCounters {
  const numbers = Object.entries(NAMES).flatMap(([counter, names]) => {
    const name = names.find((key) => found[key] !== undefined && found[key] !== null);
    if (name === undefined) return [];
    const value = found[name];
    const limit = SHARES.has(counter) ? 1 : Number.MAX_SAFE_INTEGER;
    if (typeof value !== 'number' || !(value >= 0 && value <= limit)) {
      const accepted = limit === 1 ? 'a share from 0 to 1' : 'a number of bytes';
      throw refuse(`${name} is ${JSON.stringify(value)}; accepted is ${accepted}`);
    }
    return [[counter, value] as const];
  });
  const { notes = [] } = found;
  if (!Array.isArray(notes) || notes.some((note) => typeof note !== 'string')) {
    throw refuse('notes is no array of text');
  }
  return { ...Object.fromEntries(numbers), notes };
}

/** The metrics with the user's counters, which beat what was measured here. */
export function overlayCounters(metrics: PlanMetrics, counters: RuntimeCounters): PlanMetrics {
  const { inputBytes, shuffleBytes, occupancy, reuse, notes } = counters;
  return {
    ...metrics,
    ...(inputBytes === undefined ? {} : { inputBytes: counted(metrics.inputBytes, inputBytes) }),
    ...(shuffleBytes === undefined
      ? {}
      : { shuffleBytes: counted(metrics.shuffleBytes, shuffleBytes) }),
    ...(occupancy === undefined ? {} : { occupancy: counted(metrics.occupancy, occupancy) }),
    ...(reuse === undefined ? {} : { reuse: counted(metrics.reuse, reuse) }),
    notes: [...metrics.notes, ...notes],
  };
}

function counted(figure: Figure | undefined, value: number): Figure {
  const by = { value, provenance: 'counter' } as const;
  return figure === undefined ? by : improved(figure, by);
}
