import { blockBytesOf, type KvModel } from '@wavetune/cache-sizing';
import { lruCurve, payingBlocks, replayTiers, type Tier } from '@wavetune/cachesim';
import { renderTable } from '@wavetune/cli';
import { formatCount, formatSize, parseSize, shapeOf } from '@wavetune/core';
import type { CacheReplay } from '@wavetune/documents';
import { duration, percent, ratioOf } from './figures.ts';
import { replayCacheError } from './replay-cache-errors.ts';
import type { Ground } from './replay-trace.ts';
import { headOf } from './report.ts';

type Tiers = NonNullable<CacheReplay['tiers']>;

/** What tiers are simulated with. */
export interface TierSettings {
  readonly text: string;
  readonly holding: 'exclusive' | 'inclusive';
  /** Seconds that a GiB must save over the window to pay. */
  readonly secondsPerGib: number;
  readonly model: KvModel;
}

/**
 * LRU over tiers: what each hit, moved and saved, and the size past which the next GiB stops paying.
 *
 * @throws WavetuneError `usage.bad-tiers`, `replay-cache.small-tier`
 */
export function simulateTiers(ground: Ground, settings: TierSettings): Tiers {
  const { columns } = ground.trace;
  const { model, holding } = settings;
  const measured = { begin: ground.window.measureFrom, end: shapeOf(columns).requests };
  const tiers = parseTiers(settings.text, blockBytesOf(model, columns.blockSize));
  const prefillSecondsPerToken = meanPrefillSeconds(ground, model);
  const replayed = replayTiers(columns, {
    tiers,
    holding,
    measured,
    bytesPerToken: model.bytesPerToken,
    prefillSecondsPerToken,
  });
  const paying = payingOf(ground, tiers, { ...settings, prefillSecondsPerToken, measured });
  const { hitTokens, missedTokens, savedSeconds, prefillSeconds } = replayed;
  return {
    holding,
    ...{ hitTokens, missedTokens, savedSeconds, prefillSeconds },
    tiers: replayed.tiers.map((tier, i) => ({
      ...tier,
      capacityBlocks: tiers[i].capacityBlocks,
      capacityBytes: tiers[i].capacityBlocks * blockBytesOf(model, columns.blockSize),
      payingBlocks: paying[i] ?? null,
    })),
  };
}

/** The tiers as a person reads them. */
export function tiersText(ground: Ground, tiers: Tiers): string {
  const { inputTokens } = ground.window;
  const table = renderTable(
    [
      { heading: `tier (${tiers.holding})`, align: 'left' },
      ...['size', 'hit ratio', 'loaded', 'written', 'load time', 'pays up to'].map((heading) => ({
        heading,
        align: 'right' as const,
      })),
    ],
    tiers.tiers.map((tier) => [
      tier.name,
      formatSize(tier.capacityBytes),
      percent(ratioOf(tier.hitTokens, inputTokens)),
      formatSize(tier.loadedBytes),
      formatSize(tier.writtenBytes),
      duration(tier.loadSeconds),
      tier.payingBlocks === null
        ? '–'
        : formatSize((tier.payingBlocks * tier.capacityBytes) / tier.capacityBlocks),
    ]),
  );
  const sums =
    `hit ratio ${percent(ratioOf(tiers.hitTokens, inputTokens))}, ${formatCount(tiers.hitTokens)} prefill tokens saved; ` +
    `${duration(tiers.savedSeconds)} saved after loading, ${duration(tiers.prefillSeconds)} of prefill left (modelled)`;
  return [headOf(ground), table, sums].join('\n\n');
}

/** `gpu=40GiB,cpu=200GiB@50,disk=2TiB@5:0.1`; the first tier is the device's own memory unless it names a bandwidth. */
function parseTiers(text: string, blockBytes: number): readonly Tier[] {
  return text.split(',').map((part, i) => {
    const match = /^([^=]+)=([^@]+?)(?:@(\d+(?:\.\d+)?)(?::(\d+(?:\.\d+)?))?)?$/.exec(part.trim());
    if (match === null || (i > 0 && match[3] === undefined) || Number(match[3] ?? 1) === 0) {
      throw replayCacheError('usage.bad-tiers', { found: part });
    }
    const [, name, size, gigabytes, millis] = match;
    const capacityBlocks = Math.floor(parseSize(size) / blockBytes);
    if (capacityBlocks < 1) {
      throw replayCacheError('replay-cache.small-tier', { name, size, blockBytes });
    }
    return {
      name,
      capacityBlocks,
      bytesPerSecond: gigabytes === undefined ? Number.POSITIVE_INFINITY : Number(gigabytes) * 1e9,
      latencySeconds: millis === undefined ? 0 : Number(millis) / 1000,
    };
  });
}

function payingOf(
  { trace: { columns } }: Ground,
  tiers: readonly Tier[],
  options: TierSettings & {
    readonly prefillSecondsPerToken: number;
    readonly measured: { readonly begin: number; readonly end: number };
  },
): readonly number[] {
  if (options.holding === 'inclusive') return [];
  const { model, prefillSecondsPerToken, secondsPerGib } = options;
  const curve = lruCurve(columns, options.measured);
  let aboveBlocks = 0;
  return tiers.map(({ capacityBlocks, bytesPerSecond }) => {
    const blocks = payingBlocks(curve, {
      aboveBlocks,
      blockBytes: blockBytesOf(model, columns.blockSize),
      savedSecondsPerToken: prefillSecondsPerToken - model.bytesPerToken / bytesPerSecond,
      leastSecondsPerGib: secondsPerGib,
    });
    aboveBlocks += capacityBlocks;
    return blocks;
  });
}

/** Of a token at the middle of the mean prompt: tiers count tokens, not places in a prompt. */
function meanPrefillSeconds({ window }: Ground, { prefill }: KvModel): number {
  return (
    prefill.secondsPerToken + (prefill.secondsPerTokenPair * window.inputTokens) / window.requests
  );
}
