import {
  type CapacityCurve,
  curveOfDepths,
  lruDepthsTask,
  sampledLruCurve,
  ttlCurve,
} from '@wavetune/cachesim';
import { renderLinePlot, renderTable } from '@wavetune/cli';
import { formatCount, shapeOf } from '@wavetune/core';
import type { CacheReplay } from '@wavetune/documents';
import type { Pool } from '@wavetune/pool';
import { duration, percent, ratioOf } from './figures.ts';
import type { Ground, Size } from './replay-trace.ts';
import { headOf } from './report.ts';

type Curve = NonNullable<CacheReplay['curves']>[number];
type TtlCurve = NonNullable<CacheReplay['ttlCurve']>;

/** A curve in its document form and as a person reads it. */
export interface DrawnCurve {
  readonly parts: Pick<CacheReplay, 'curves' | 'ttlCurve'>;
  readonly text: string;
}

/** Points of a document's curve, evenly spaced in the logarithm of the capacity. */
const POINTS = 256;
const SEED = 1;

/** LRU at every capacity: exact over the pool's threads, or estimated from a sample of the chains. */
export async function drawLruCurve(
  ground: Ground,
  options: { readonly sampleRatio: number; readonly sizes: readonly Size[]; readonly pool: Pool },
): Promise<DrawnCurve> {
  const { columns } = ground.trace;
  const { requests } = shapeOf(columns);
  const { sampleRatio, sizes, pool } = options;
  const measured = { begin: ground.window.measureFrom, end: requests };
  const isExact = sampleRatio === 1;
  const curve = isExact
    ? curveOfDepths(await pool.run(lruDepthsTask, { columns, measured }), columns.blockSize)
    : sampledLruCurve(columns, {
        measured,
        seed: SEED,
        sample: { kind: 'rate', rate: sampleRatio },
      }).curve;
  const form = curveForm(curve, sampleRatio);
  const source = isExact ? 'exact' : `estimated from ${percent(sampleRatio)} of the chains`;
  return {
    parts: { curves: [form] },
    text: [headOf(ground), curveTable(ground, curve, sizes), curvePlot(ground, form, source)].join(
      '\n\n',
    ),
  };
}

/** A cache that forgets what was not used for so long and has room for the rest, at every such time. */
export function drawTtlCurve(ground: Ground): DrawnCurve {
  const { columns } = ground.trace;
  const { requests } = shapeOf(columns);
  const curve = ttlCurve(columns, { begin: ground.window.measureFrom, end: requests });
  const at = spreadOver(curve.ttlMillis.length);
  const form: TtlCurve = {
    ttlSeconds: at.map((i) => curve.ttlMillis[i] / 1000),
    hitTokens: at.map((i) => curve.hitTokens[i]),
  };
  return { parts: { ttlCurve: form }, text: [headOf(ground), ttlPlot(ground, form)].join('\n\n') };
}

function curveForm({ hitTokens }: CapacityCurve, sampleRatio: number): Curve {
  const capacityBlocks = spreadOver(hitTokens.length - 1).map((i) => i + 1);
  return {
    policy: 'lru',
    residency: 'closed',
    hits: 'continuous',
    sampleRatio,
    meanError: null,
    capacityBlocks,
    hitTokens: capacityBlocks.map((blocks) => hitTokens[blocks]),
  };
}

function curveTable(
  { window }: Ground,
  { hitTokens }: CapacityCurve,
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

function curvePlot({ window, ceiling }: Ground, curve: Curve, source: string): string {
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
