import { formatCount } from '@wavetune/core';
import type { CacheReplay, Policies, WaveSpec } from '@wavetune/documents';
import type { Figure } from '../figure.ts';
import { formatDuration, formatRatio } from '../quantities.ts';
import { RUN_FILES, type RunDocuments } from '../run/run-documents.ts';
import { absentSection, type Block, type Section } from '../section.ts';
import { type Cell, column } from '../table.ts';
import { counted } from './labels.ts';

const ID = 'reuse';
const TITLE = 'Reuse intervals and times to live';

type Rules = NonNullable<Policies['cache']>['cohorts'];

/** When prefixes come back, what a time to live would hit, and the times that were chosen. */
export function reuseSection(run: RunDocuments): Section {
  const curve = run.ttlCurve;
  const rules = run.policies?.cache?.cohorts ?? [];
  const timed = timedCohorts(run.wavespec);
  if (curve?.ttlCurve === undefined && timed.length === 0) {
    return absentSection(
      ID,
      TITLE,
      `Neither ${RUN_FILES.ttlCurve} (bin/replay-cache --curve ttl --out) nor reuse intervals in ${RUN_FILES.wavespec} are in the run folder; a log without times has none.`,
    );
  }
  const blocks: Block[] = [];
  if (curve?.ttlCurve !== undefined) blocks.push({ kind: 'figure', figure: ttlFigure(curve) });
  else
    blocks.push({
      kind: 'note',
      text: `What each time to live would hit is left out: ${RUN_FILES.ttlCurve} is not in the run folder. It comes from bin/replay-cache --curve ttl --out.`,
    });
  if (timed.length > 0) blocks.push({ kind: 'figure', figure: intervalFigure(timed, rules) });
  return { id: ID, title: TITLE, lead: leadOf(curve, timed, rules), absent: false, blocks };
}

interface TimedCohort {
  readonly medianSeconds: number;
  readonly savedTokens: number;
}

function timedCohorts(spec: WaveSpec | undefined): readonly TimedCohort[] {
  return (spec?.cohorts ?? []).flatMap(({ reuse_interval_ms: reuse, saved_tokens }) =>
    reuse === null ? [] : [{ medianSeconds: reuse.median / 1000, savedTokens: saved_tokens }],
  );
}

function leadOf(
  replay: CacheReplay | undefined,
  timed: readonly TimedCohort[],
  rules: Rules,
): string {
  const sentences: string[] = [];
  const half = replay === undefined ? undefined : ttlForHalf(replay);
  if (half !== undefined) {
    sentences.push(
      `Half of all that can be hit comes back within ${formatDuration(half)}; a block that is held longer waits for the other half.`,
    );
  }
  if (timed.length > 0) {
    sentences.push(
      `${counted(timed.length, 'cohort')} came back more than once, weighted by what they save after ${formatDuration(weightedMedian(timed))} in the median.`,
    );
  }
  if (rules.length > 0) {
    const limited = rules.filter((rule) => rule.ttl_seconds !== null);
    sentences.push(
      `Of the ${formatCount(rules.length)} prefixes that save most, ${formatCount(limited.length)} have a time to live, past which holding one costs more than computing it again.`,
    );
  }
  return sentences.join(' ');
}

function ttlForHalf({ ttlCurve, ceiling }: CacheReplay): number | undefined {
  const at = ttlCurve?.hitTokens.findIndex((tokens) => tokens >= ceiling.hitTokens / 2) ?? -1;
  return at < 0 ? undefined : ttlCurve?.ttlSeconds[at];
}

function weightedMedian(timed: readonly TimedCohort[]): number {
  const sorted = [...timed].sort((a, b) => a.medianSeconds - b.medianSeconds);
  const half = sorted.reduce((sum, { savedTokens }) => sum + savedTokens, 0) / 2;
  let sum = 0;
  const middle = sorted.find(({ savedTokens }) => {
    sum += savedTokens;
    return sum >= half;
  });
  return middle?.medianSeconds ?? 0;
}

function ttlFigure({ ttlCurve, window, ceiling }: CacheReplay): Figure {
  const rows = (ttlCurve?.ttlSeconds ?? []).map((seconds, i): readonly Cell[] => {
    const tokens = ttlCurve?.hitTokens[i] ?? 0;
    return [seconds, tokens, window.inputTokens === 0 ? null : tokens / window.inputTokens];
  });
  return {
    id: 'hit-ratio-by-ttl',
    kind: 'ttl-curve',
    title: 'Hit ratio by time to live, with room for everything',
    summary: `A cache that forgets what was not used for so long, and has room for the rest; at most ${formatRatio(ceiling.ratio)}.`,
    table: {
      columns: [
        column('ttl_seconds', 'time to live', 'seconds'),
        column('hit_tokens', 'hit tokens', 'count'),
        column('hit_ratio', 'hit ratio', 'ratio'),
      ],
      rows,
    },
    options: { ceiling: ceiling.ratio },
  };
}

/** Lower edges of the buckets of a duration, in seconds; the last has no end. */
const EDGES_SECONDS = [
  0, 1, 3, 10, 30, 60, 180, 600, 1800, 3600, 10_800, 36_000, 86_400, 259_200, 604_800,
];

function intervalFigure(timed: readonly TimedCohort[], rules: Rules): Figure {
  const saved = timed.reduce((sum, { savedTokens }) => sum + savedTokens, 0);
  const intervals = EDGES_SECONDS.map(() => 0);
  for (const { medianSeconds, savedTokens } of timed) {
    intervals[bucketOf(medianSeconds)] += savedTokens / Math.max(1, saved);
  }
  const ttls = EDGES_SECONDS.map(() => 0);
  for (const { ttl_seconds: seconds } of rules) {
    if (seconds !== null) ttls[bucketOf(seconds)] += 1 / rules.length;
  }
  const used = Math.max(...[...intervals.keys()].filter((i) => intervals[i] > 0 || ttls[i] > 0), 0);
  const series: readonly (readonly [string, readonly number[]])[] = [
    ['median reuse interval, by tokens saved', intervals],
    ...(rules.length === 0 ? [] : [['time to live chosen, by prefix', ttls] as const]),
  ];
  return {
    id: 'reuse-intervals',
    kind: 'duration-histogram',
    title: 'How soon prefixes come back, and how long they are to be kept',
    summary: `Shares by duration, from under 1 s to ${formatDuration(EDGES_SECONDS[used])} and more.`,
    table: {
      columns: [
        column('series', 'series'),
        column('from_seconds', 'from', 'seconds'),
        column('to_seconds', 'to', 'seconds'),
        column('share', 'share', 'ratio'),
      ],
      rows: series.flatMap(([name, shares]) =>
        shares
          .slice(0, used + 1)
          .map((share, i) => [name, EDGES_SECONDS[i], EDGES_SECONDS[i + 1] ?? null, share]),
      ),
    },
    options: { axis: 'share of the tokens saved; of the prefixes' },
  };
}

function bucketOf(seconds: number): number {
  return EDGES_SECONDS.findLastIndex((edge) => seconds >= edge);
}
