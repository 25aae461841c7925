import {
  curveOfDepths,
  lruDepthsTask,
  type SamplingOptions,
  sampledLruCurve,
  ttlCurve,
} from '@wavetune/cachesim';
import { renderLinePlot, renderTable } from '@wavetune/cli';
import { formatCount, type RequestRange, shapeOf } from '@wavetune/core';
import type { CacheReplay } from '@wavetune/documents';
import type { Pool } from '@wavetune/pool';
import { duration, percent, ratioOf } from './figures.ts';
import type { Ground, Size } from './replay-trace.ts';
import { headOf } from './report.ts';
import { SEEDS } from './seeds.ts';

type Curve = NonNullable<CacheReplay['curves']>[number];
type TtlCurve = NonNullable<CacheReplay['ttlCurve']>;

/** A curve in its document form and as a person reads it. */
export interface DrawnCurve {
  readonly parts: Pick<CacheReplay, 'curves' | 'ttlCurve'>;
  readonly text: string;
}

/** Points of a document's curve, evenly spaced in the logarithm of the capacity. */
const POINTS = 256;
/** Hit tokens by capacity, and how sure they are. */
interface LruEstimate {
  /** Shape `[distinct blocks + 1]`. */
  readonly hitTokens: Float64Array;
  /** At the end of the trace, where it fell. */
  readonly sampleRatio: number;
  /** Of the hit ratio, a mean over the capacities; undefined for the exact curve. */
  readonly standardError: number | undefined;
}

/** LRU at every capacity: exact over the pool's threads, or estimated from samples of the chains. */
export async function drawLruCurve(
  ground: Ground,
  options: {
    /** Undefined for the exact curve. */
    readonly sample: SamplingOptions['sample'] | undefined;
    readonly sizes: readonly Size[];
    readonly pool: Pool;
  },
): Promise<DrawnCurve> {
  const { sample, sizes, pool } = options;
  const estimate =
    sample === undefined ? await exactCurve(ground, pool) : sampledCurve(ground, sample);
  const form = curveForm(estimate);
  return {
    parts: { curves: [form] },
    text: [headOf(ground), curveTable(ground, estimate, sizes), curvePlot(ground, form)].join(
      '\n\n',
    ),
  };
}

async function exactCurve(ground: Ground, pool: Pool): Promise<LruEstimate> {
  const { columns } = ground.trace;
  const depths = await pool.run(lruDepthsTask, { columns, measured: measuredOf(ground) });
  const { hitTokens } = curveOfDepths(depths, columns.blockSize);
  return { hitTokens, sampleRatio: 1, standardError: undefined };
}

/** The mean of several samples, never above the ceiling; how they differ says how sure it is. */
function sampledCurve(ground: Ground, sample: SamplingOptions['sample']): LruEstimate {
  const { trace, ceiling, window } = ground;
  const sampled = SEEDS.map((seed) =>
    sampledLruCurve(trace.columns, { measured: measuredOf(ground), seed, sample }),
  );
  const samples = sampled.map(({ curve }) => curve.hitTokens);
  let deviations = 0;
  const hitTokens = samples[0].map((_, blocks) => {
    const mean = samples.reduce((sum, sample) => sum + sample[blocks], 0) / SEEDS.length;
    const squares = samples.reduce((sum, sample) => sum + (sample[blocks] - mean) ** 2, 0);
    deviations += Math.sqrt(squares / (SEEDS.length - 1) / SEEDS.length);
    return Math.min(mean, ceiling.hitTokens);
  });
  const standardError = deviations / hitTokens.length / Math.max(1, window.inputTokens);
  const sampleRatio = sampled.reduce((sum, { rate }) => sum + rate, 0) / SEEDS.length;
  return { hitTokens, sampleRatio, standardError };
}

function measuredOf({ trace, window }: Ground): RequestRange {
  return { begin: window.measureFrom, end: shapeOf(trace.columns).requests };
}

/** A cache that forgets what was not used for so long and has room for the rest, at every such time. */
export function drawTtlCurve(ground: Ground): DrawnCurve {
  const curve = ttlCurve(ground.trace.columns, measuredOf(ground));
  const at = spreadOver(curve.ttlMillis.length);
  const form: TtlCurve = {
    ttlSeconds: at.map((i) => curve.ttlMillis[i] / 1000),
    hitTokens: at.map((i) => curve.hitTokens[i]),
  };
  return { parts: { ttlCurve: form }, text: [headOf(ground), ttlPlot(ground, form)].join('\n\n') };
}

function curveForm({ hitTokens, sampleRatio, standardError }: LruEstimate): Curve {
  const capacityBlocks = spreadOver(hitTokens.length - 1).map((i) => i + 1);
  return {
    policy: 'lru',
    residency: 'closed',
    hits: 'continuous',
    sampleRatio,
    meanError: standardError ?? null,
    capacityBlocks,
    hitTokens: capacityBlocks.map((blocks) => hitTokens[blocks]),
  };
}

function curveTable(
  { window }: Ground,
  { hitTokens }: LruEstimate,
  sizes: readonly Size[],
): string {
  const last = hitTokens.length - 1;
  return renderTable(
    [
      { heading: 'capacity', align: 'left' },
      { heading: 'blocks', align: 'right' },
      { heading: 'hit ratio', align: 'right' },
      { heading: 'prefill tokens saved', align: 'right' },
    ],
    sizes.map(({ text, blocks }) => {
      const tokens = hitTokens[Math.min(blocks, last)];
      const ratio = percent(ratioOf(tokens, window.inputTokens));
      return [text, formatCount(blocks), ratio, formatCount(tokens)];
    }),
  );
}

function curvePlot({ window, ceiling }: Ground, curve: Curve): string {
  const source =
    curve.meanError === null
      ? 'exact'
      : `mean of ${SEEDS.length} samples of ${percent(curve.sampleRatio)} of the chains, standard error ${percent(curve.meanError)}`;
  return renderLinePlot({
    title: `LRU, hit tokens / prompt tokens by blocks (${source}); the line is the ceiling`,
    x: curve.capacityBlocks,
    y: curve.hitTokens.map((tokens) => ratioOf(tokens, window.inputTokens) ?? 0),
    limit: ratioOf(ceiling.hitTokens, window.inputTokens) ?? 0,
    formatX: formatCount,
    formatY: percent,
  });
}

function ttlPlot({ window, ceiling }: Ground, { ttlSeconds, hitTokens }: TtlCurve): string {
  const positive = ttlSeconds.findIndex((seconds) => seconds > 0);
  if (positive < 0 || ttlSeconds.length - positive < 2) return 'too few reuses for a plot';
  return renderLinePlot({
    title: 'hit tokens / prompt tokens by time to live; the line is the ceiling',
    x: ttlSeconds.slice(positive),
    y: hitTokens.slice(positive).map((tokens) => ratioOf(tokens, window.inputTokens) ?? 0),
    limit: ratioOf(ceiling.hitTokens, window.inputTokens) ?? 0,
    formatX: duration,
    formatY: percent,
  });
}

/** At most {@link POINTS} distinct indices of `[0, length)`, dense at the beginning, with both ends. */
function spreadOver(length: number): readonly number[] {
  const chosen = new Set<number>();
  for (let i = 0; i < POINTS; i++) {
    chosen.add(Math.min(length, Math.round(length ** (i / (POINTS - 1)))) - 1);
  }
  return length === 0 ? [] : [...chosen];
}
