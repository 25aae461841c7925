import { formatCount, formatSize } from '@wavetune/core';
import type { CacheReplay } from '@wavetune/documents';
import type { Hue } from '../figure.ts';
import { formatDuration, formatRatio } from '../quantities.ts';
import { RUN_FILES, type RunDocuments } from '../run/run-documents.ts';
import { absentSection, type Section } from '../section.ts';
import { type Cell, column } from '../table.ts';

const ID = 'tiers';
const TITLE = 'Tiers of memory';
const HUES: readonly Hue[] = ['ours', 'optimum', 'deep', 'warm', 'other'];

type Tiers = NonNullable<CacheReplay['tiers']>;

/** What each tier hits, moves and saves, and up to which size it pays. */
export function tiersSection({ tiers: replay }: RunDocuments): Section {
  const tiers = replay?.tiers;
  if (replay === undefined || tiers === undefined) {
    return absentSection(
      ID,
      TITLE,
      `${RUN_FILES.tiers} is not in the run folder. It comes from bin/replay-cache --model … --tiers gpu=40GiB,cpu=400GiB@50,disk=2TiB@5:0.1 --out.`,
    );
  }
  const { inputTokens } = replay.window;
  return {
    id: ID,
    title: TITLE,
    lead: leadOf(tiers, inputTokens),
    absent: false,
    blocks: [
      { kind: 'figure', figure: shareFigure(tiers, inputTokens) },
      {
        kind: 'table',
        table: {
          id: 'tiers',
          title: 'Each tier over the measured window',
          columns: [
            column('tier', 'tier'),
            column('capacity_bytes', 'size', 'bytes'),
            column('hit_tokens', 'hit tokens', 'count'),
            column('hit_ratio', 'hit ratio', 'ratio'),
            column('loaded_bytes', 'loaded', 'bytes'),
            column('written_bytes', 'written', 'bytes'),
            column('load_seconds', 'load time', 'seconds'),
            column('pays_up_to_bytes', 'pays up to', 'bytes'),
          ],
          rows: tiers.tiers.map((tier) => [
            tier.name,
            tier.capacityBytes,
            tier.hitTokens,
            inputTokens === 0 ? null : tier.hitTokens / inputTokens,
            tier.loadedBytes,
            tier.writtenBytes,
            tier.loadSeconds,
            tier.payingBlocks === null
              ? null
              : (tier.payingBlocks * tier.capacityBytes) / tier.capacityBlocks,
          ]),
        },
      },
    ],
  };
}

function leadOf(tiers: Tiers, inputTokens: number): string {
  const tooLarge = tiers.tiers.filter(
    ({ payingBlocks, capacityBlocks }) => payingBlocks !== null && payingBlocks < capacityBlocks,
  );
  const paying = tooLarge.map(
    (tier) =>
      ` ${tier.name} stops paying at ${formatSize(((tier.payingBlocks ?? 0) * tier.capacityBytes) / tier.capacityBlocks)} of its ${formatSize(tier.capacityBytes)}.`,
  );
  return (
    `Together ${formatRatio(inputTokens === 0 ? null : tiers.hitTokens / inputTokens)} of the measured prompt tokens hit; ` +
    `${formatDuration(tiers.savedSeconds)} of prefill saved after loading, ${formatDuration(tiers.prefillSeconds)} left (modelled), LRU, ${tiers.holding}.${paying.join('')}`
  );
}

function shareFigure(tiers: Tiers, inputTokens: number) {
  const parts = [
    ...tiers.tiers.map(
      ({ name, hitTokens }, i) => [name, hitTokens, HUES[i % HUES.length]] as const,
    ),
    ['computed', tiers.missedTokens, 'faint'] as const,
  ];
  return {
    id: 'tokens-by-tier',
    kind: 'stack' as const,
    title: 'Where prompt tokens come from',
    summary: parts.map(([name, tokens]) => `${name} ${formatCount(tokens)} tokens`).join(', '),
    table: {
      columns: [
        column('row', 'cache'),
        column('part', 'tier'),
        column('tokens', 'prompt tokens', 'count'),
        column('share', 'share of prompt tokens', 'ratio'),
      ],
      rows: parts.map(([name, tokens]): readonly Cell[] => [
        `LRU, ${tiers.holding}`,
        name,
        tokens,
        inputTokens === 0 ? null : tokens / inputTokens,
      ]),
    },
    options: {
      axis: 'share of the measured prompt tokens',
      parts: parts.map(([name, , hue]) => [name, hue] as const),
    },
  };
}
