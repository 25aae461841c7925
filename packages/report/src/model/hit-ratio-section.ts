import { formatCount, formatSize } from '@wavetune/core';
import type { CacheReplay } from '@wavetune/documents';
import { formatRatio } from '../quantities.ts';
import { RUN_FILES, type RunDocuments } from '../run/run-documents.ts';
import { absentSection, type Block, type Section } from '../section.ts';
import { type Cell, column } from '../table.ts';
import { counted, policyNames } from './labels.ts';

const ID = 'hit-ratio';
const TITLE = 'Hit ratio by capacity';

type Result = CacheReplay['results'][number];
type NameOf = (result: Result) => string;

/** Every policy of the replay at every capacity, the ceiling and the optimum. */
export function hitRatioSection(run: RunDocuments): Section {
  const { replay } = run;
  if (replay === undefined || replay.results.length === 0) {
    return absentSection(
      ID,
      TITLE,
      `${RUN_FILES.replay} is not in the run folder: no policies were replayed. It comes from bin/replay-cache --policies all,learned --out.`,
    );
  }
  const nameOf = policyNames(replay.results);
  return {
    id: ID,
    title: TITLE,
    lead: leadOf(replay),
    absent: false,
    blocks: [curvesFigure(run, replay, nameOf), ratioTable(replay, nameOf)],
  };
}

function leadOf(replay: CacheReplay): string {
  const { window, trace, ceiling } = replay;
  return (
    `No cache, however large, could hit more than ${formatRatio(ceiling.ratio)} of the measured prompt tokens. ` +
    `Measured on the last ${counted(window.requests, 'request')} (${formatCount(window.inputTokens)} prompt tokens) with a cache that is warm from the first; ` +
    `${formatCount(trace.distinctBlocks)} distinct blocks of ${formatCount(trace.blockSize)} tokens, a partial last block ${trace.tail === 'count' ? 'counted' : 'dropped'}.`
  );
}

function curvesFigure(run: RunDocuments, replay: CacheReplay, nameOf: NameOf): Block {
  const best = highlightedPolicy(run, replay, nameOf);
  const rows = replay.results.map((result): readonly Cell[] => [
    nameOf(result),
    roleOf(result, nameOf(result) === best),
    result.capacityBlocks,
    result.capacityBytes,
    result.hitTokens,
    result.hitRatio,
  ]);
  return {
    kind: 'figure',
    figure: {
      id: 'hit-ratio-by-capacity',
      kind: 'policy-curves',
      title: 'Hit tokens as a share of prompt tokens, by cache capacity',
      summary: `${leadOf(replay)} One line a policy; the dashed line is the ceiling.`,
      table: {
        columns: [
          column('policy', 'policy'),
          column('role', 'role'),
          column('capacity_blocks', 'capacity, blocks', 'count'),
          column('capacity_bytes', 'memory', 'bytes'),
          column('hit_tokens', 'hit tokens', 'count'),
          column('hit_ratio', 'hit ratio', 'ratio'),
        ],
        rows: [...rows, ...exactRows(run, replay)],
      },
      options: { ceiling: replay.ceiling.ratio },
    },
  };
}

/** The policy that the verdict is for, where the replay has it; else the one with most hits, in hindsight. */
function highlightedPolicy(
  { policies }: RunDocuments,
  { results }: CacheReplay,
  nameOf: NameOf,
): string {
  const cache = policies?.cache;
  const chosen = cache?.verdict === 'use' ? cache.ours.policy : undefined;
  const named = results.find(({ policy }) => policy === chosen);
  if (named !== undefined) return nameOf(named);
  const totals = new Map<string, number>();
  for (const result of results) {
    if (result.policy === 'optimum') continue;
    totals.set(nameOf(result), (totals.get(nameOf(result)) ?? 0) + result.hitTokens);
  }
  return [...totals].reduce((a, b) => (b[1] > a[1] ? b : a), ['', -1])[0];
}

function roleOf({ policy }: Result, isBest: boolean): string {
  if (policy === 'optimum') return 'optimum';
  if (isBest) return 'ours';
  return policy === 'lru' ? 'default' : 'other';
}

/** LRU at every capacity from about the smallest that was simulated, where both are of one window. */
function exactRows({ lruCurve }: RunDocuments, replay: CacheReplay): readonly (readonly Cell[])[] {
  const { inputTokens } = replay.window;
  const curve = lruCurve?.curves?.[0];
  if (curve === undefined || lruCurve?.window.inputTokens !== inputTokens || inputTokens === 0) {
    return [];
  }
  const bytes = bytesPerBlockOf(replay);
  const least = Math.min(...replay.results.map(({ capacityBlocks }) => capacityBlocks)) / 2;
  return curve.capacityBlocks.flatMap((blocks, i): readonly (readonly Cell[])[] => {
    if (blocks < least) return [];
    const memory = bytes === null ? null : blocks * bytes;
    const tokens = curve.hitTokens[i];
    return [['lru at every capacity', 'exact', blocks, memory, tokens, tokens / inputTokens]];
  });
}

/** A row a policy, a column a capacity; best first, bounds on top. */
function ratioTable(replay: CacheReplay, nameOf: NameOf): Block {
  const capacities = [...new Set(replay.results.map(({ capacityBlocks }) => capacityBlocks))].sort(
    (a, b) => a - b,
  );
  const byName = new Map<string, Map<number, Result>>();
  for (const result of replay.results) {
    const results = byName.get(nameOf(result)) ?? new Map<number, Result>();
    byName.set(nameOf(result), results.set(result.capacityBlocks, result));
  }
  const rows = [...byName].map(([name, results]): readonly Cell[] => [
    name,
    ...capacities.map((blocks) => results.get(blocks)?.hitRatio ?? null),
  ]);
  const total = (row: readonly Cell[]): number =>
    row.slice(1).reduce<number>((sum, ratio) => sum + Number(ratio), 0);
  rows.sort(
    (a, b) => Number(b[0] === 'optimum') - Number(a[0] === 'optimum') || total(b) - total(a),
  );
  return {
    kind: 'table',
    table: {
      id: 'hit-ratios',
      title: 'Hit ratio of every policy; the optimum knows the future, the ceiling has no limit',
      columns: [
        column('policy', 'policy'),
        ...capacities.map((blocks) =>
          column(`hit_ratio_at_${blocks}_blocks`, capacityLabel(replay, blocks), 'ratio'),
        ),
      ],
      rows: [['ceiling', ...capacities.map(() => replay.ceiling.ratio)], ...rows],
    },
  };
}

function capacityLabel(replay: CacheReplay, blocks: number): string {
  const bytes = bytesPerBlockOf(replay);
  return bytes === null ? counted(blocks, 'block') : formatSize(blocks * bytes);
}

function bytesPerBlockOf({ results }: CacheReplay): number | null {
  const sized = results.find(({ capacityBytes }) => capacityBytes !== null);
  return sized?.capacityBytes ? sized.capacityBytes / sized.capacityBlocks : null;
}
