import { formatCount } from '@wavetune/core';
import type { CacheReplay } from '@wavetune/documents';
import type { Hue } from '../figure.ts';
import { formatRatio } from '../quantities.ts';
import { RUN_FILES, type RunDocuments } from '../run/run-documents.ts';
import { absentSection, type Block, type Section } from '../section.ts';
import { type Cell, column } from '../table.ts';
import { counted, shortId } from './labels.ts';

const ID = 'misses';
const TITLE = 'Why requests missed';

type Miss = NonNullable<CacheReplay['misses']>[number];
type Loss = NonNullable<CacheReplay['losses']>[number];

/** Each reason with its hue and what it means. */
const REASONS: readonly (readonly [keyof Miss['blocks'], Hue, string])[] = [
  ['cold', 'other', 'never seen: no request began so'],
  ['diverged', 'faint', 'its prefix was seen, then the chain left the known'],
  ['elsewhere', 'deep', 'only another replica or tenant saw it'],
  ['expired', 'optimum', 'past its time to live'],
  ['evicted', 'warm', 'was there and had to go'],
];

const LOSSES: readonly (readonly [
  keyof Loss & ('hitTokens' | 'workload' | 'capacity' | 'eviction'),
  string,
  Hue,
])[] = [
  ['hitTokens', 'hit', 'ours'],
  ['eviction', 'lost to the policy', 'warm'],
  ['capacity', 'lost to capacity', 'deep'],
  ['workload', 'never seen before', 'faint'],
];

/** The reasons of missed blocks and where prompt tokens are lost, by capacity, for the best policy at each. */
export function missesSection({ replay }: RunDocuments): Section {
  const misses = replay?.misses ?? [];
  const losses = replay?.losses ?? [];
  if (misses.length === 0 && losses.length === 0) {
    return absentSection(
      ID,
      TITLE,
      replay === undefined
        ? `${RUN_FILES.replay} is not in the run folder.`
        : `${RUN_FILES.replay} was made without --why.`,
    );
  }
  return {
    id: ID,
    title: TITLE,
    lead: leadOf(losses, misses),
    absent: false,
    blocks: [...lossBlocks(losses), ...missBlocks(misses)],
  };
}

function leadOf(losses: readonly Loss[], misses: readonly Miss[]): string {
  const last = losses.at(-1);
  const meaning = REASONS.filter(([reason]) => misses.some(({ blocks }) => blocks[reason] > 0))
    .map(([reason, , text]) => `${reason} (${text})`)
    .join(', ');
  const reasons = meaning === '' ? '' : ` A missed block has one reason: ${meaning}.`;
  if (last === undefined || last.inputTokens === 0) return reasons.trim();
  const share = (tokens: number): string => formatRatio(tokens / last.inputTokens);
  return `Of the measured prompt tokens ${share(last.workload)} were never seen before, so no cache has them; at ${counted(last.capacityBlocks, 'block')} ${last.policy} loses another ${share(last.eviction)} by what it evicts.${reasons}`;
}

function lossBlocks(losses: readonly Loss[]): readonly Block[] {
  if (losses.length === 0) return [];
  const rows = losses.flatMap((loss) =>
    LOSSES.map(([field, label]): readonly Cell[] => [
      rowLabel(loss),
      label,
      loss[field],
      loss.inputTokens === 0 ? null : loss[field] / loss.inputTokens,
    ]),
  );
  const routings = [...new Set(losses.flatMap(({ routing }) => Object.keys(routing)))].sort();
  const figure: Block = {
    kind: 'figure',
    figure: {
      id: 'token-losses',
      kind: 'stack',
      title: 'Where prompt tokens go, by capacity',
      summary:
        'For the best policy at each capacity: hit, lost to its evictions, lost to capacity, never seen before.',
      table: {
        columns: [
          column('row', 'capacity and policy'),
          column('part', 'where'),
          column('tokens', 'prompt tokens', 'count'),
          column('share', 'share of prompt tokens', 'ratio'),
        ],
        rows,
      },
      options: {
        axis: 'share of the measured prompt tokens',
        parts: LOSSES.map(([, label, hue]) => [label, hue]),
      },
    },
  };
  const split = losses.filter(
    ({ isolation, routing }) =>
      isolation !== 0 || Object.values(routing).some((tokens) => tokens !== 0),
  );
  if (split.length === 0) return [figure];
  const table: Block = {
    kind: 'table',
    table: {
      id: 'splits',
      title: `What splitting the cache would lose beside that, in shares of the prompt tokens (${counted(split[0].replicas, 'replica')})`,
      columns: [
        column('capacity', 'capacity and policy'),
        column('isolation', 'a cache for each tenant', 'ratio'),
        ...routings.map((name) => column(name, `routed ${name}`, 'ratio')),
      ],
      rows: split.map((loss) => [
        rowLabel(loss),
        loss.isolation / loss.inputTokens,
        ...routings.map((name) => (loss.routing[name] ?? 0) / loss.inputTokens),
      ]),
    },
  };
  return [figure, table];
}

function missBlocks(misses: readonly Miss[]): readonly Block[] {
  if (misses.length === 0) return [];
  const used = REASONS.filter(([reason]) => misses.some(({ blocks }) => blocks[reason] > 0));
  const divergences = misses.at(-1)?.divergences ?? [];
  const figure: Block = {
    kind: 'figure',
    figure: {
      id: 'miss-reasons',
      kind: 'stack',
      title: 'Why blocks were missed, by capacity',
      summary: 'Shares of the missed blocks by reason, for the best policy at each capacity.',
      table: {
        columns: [
          column('row', 'capacity and policy'),
          column('part', 'reason'),
          column('blocks', 'missed blocks', 'count'),
          column('share', 'share of missed blocks', 'ratio'),
        ],
        rows: misses.flatMap((miss) =>
          used.map(([reason]): readonly Cell[] => [
            rowLabel(miss),
            reason,
            miss.blocks[reason],
            miss.missedBlocks === 0 ? null : miss.blocks[reason] / miss.missedBlocks,
          ]),
        ),
      },
      options: {
        axis: 'share of the missed blocks',
        parts: used.map(([reason, hue]) => [reason, hue]),
      },
    },
  };
  const table: Block = {
    kind: 'table',
    table: {
      id: 'divergences',
      title: `Where chains leave the known, at ${formatCount(misses.at(-1)?.capacityBlocks ?? 0)} blocks: the last known blocks after which most was missed`,
      columns: [
        column('block', 'last known block'),
        column('requests', 'requests', 'count'),
        column('missed_blocks', 'blocks missed after it', 'count'),
      ],
      rows: divergences.map(({ block, requests, missedBlocks }) => [
        shortId(block),
        requests,
        missedBlocks,
      ]),
    },
  };
  return divergences.length === 0 ? [figure] : [figure, table];
}

function rowLabel({
  capacityBlocks,
  policy,
}: {
  readonly capacityBlocks: number;
  readonly policy: string;
}): string {
  return `${formatCount(capacityBlocks)} blocks, ${policy}`;
}
