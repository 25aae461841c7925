import { formatCount } from '@wavetune/core';
import type { Policies } from '@wavetune/documents';
import { formatDuration, formatPoints, signOf } from '../quantities.ts';
import { RUN_FILES, type RunDocuments } from '../run/run-documents.ts';
import { absentSection, type Block, type Section, type Verdict } from '../section.ts';
import { type Cell, column } from '../table.ts';
import { asSentence, counted, policyLabel } from './labels.ts';

const ID = 'verdicts';
const TITLE = 'Verdicts and their evidence';

type CachePolicy = NonNullable<Policies['cache']>;

/** What to use, engine by engine, and what each decision rests on. */
export function verdictsSection({ policies, manifest }: RunDocuments): Section {
  if (policies === undefined) {
    return absentSection(
      ID,
      TITLE,
      `${RUN_FILES.policies} is not in the run folder: nothing was chosen. It comes from bin/replay-tuner --memory … --out.`,
    );
  }
  const { cache } = policies;
  return {
    id: ID,
    title: TITLE,
    lead: cache === null ? kernelLead(policies) : cacheLead(cache),
    absent: false,
    blocks: [
      ...(manifest?.put_off ?? []).map((text): Block => ({ kind: 'note', text })),
      { kind: 'verdicts', verdicts: verdictsOf(policies) },
      ...(cache === null ? [] : [...gainBlocks(cache), figureTable(cache), candidateTable(cache)]),
    ],
  };
}

/** Cache, engines, kernels: each with its verdict and reason. */
export function verdictsOf(policies: Policies): readonly Verdict[] {
  const { cache } = policies;
  const ofCache = cache === null ? [] : [{ target: 'Cache policy', ...verdictOf(cache) }];
  const ofEngines = (cache?.engines ?? []).map((each) => ({
    target: ENGINE_NAMES[each.engine],
    ...verdictOf(each),
  }));
  return [...ofCache, ...ofEngines, ...kernelVerdict(policies)];
}

export const ENGINE_NAMES = {
  vllm: 'vLLM',
  sglang: 'SGLang',
  lmcache: 'LMCache',
  'tensorrt-llm': 'TensorRT-LLM',
} as const;

function verdictOf({
  verdict,
  reason,
  gain,
}: Pick<CachePolicy, 'verdict' | 'reason' | 'gain'>): Omit<Verdict, 'target'> {
  const isGain = verdict === 'use' && gain !== null;
  return {
    verdict,
    reason: asSentence(reason),
    gain: isGain ? formatPoints(gain.hit_ratio) : null,
  };
}

function kernelVerdict(policies: Policies): readonly Verdict[] {
  const { kernels = [], kernel_totals: totals, kernel_run: run } = policies;
  if (kernels.length === 0) return [];
  const target = 'Kernel tiles';
  const used = kernels.filter(({ verdict }) => verdict === 'use').length;
  const [{ baseline, problem }] = kernels;
  const margin = `${((run?.margin ?? 0) * 100).toFixed(0)} %`;
  if (used === 0) {
    const reason = `no bucket gains ${margin} over ${baseline.name} on ${problem.device}.`;
    return [{ target, verdict: 'keep default', reason, gain: null }];
  }
  const leaving = `${formatCount(used)} of ${formatCount(kernels.length)} buckets leave the tile of ${baseline.name} on ${problem.device}, for a gain of at least ${margin} or because it cannot run there`;
  const whole = totals?.find(({ role }) => role === null);
  if (whole === undefined || whole.baseline_micros === 0) {
    return [{ target, verdict: 'use', reason: `${leaving}.`, gain: null }];
  }
  const { baseline_micros: before, micros: after } = whole;
  const change = after / before - 1;
  return [
    {
      target,
      verdict: 'use',
      reason: `${leaving}: ${formatDuration(before / 1e6)} → ${formatDuration(after / 1e6)} of ${evidenceOf(kernels)} kernel time over the trace.`,
      gain: `${signOf(change)}${(100 * Math.abs(change)).toFixed(1)} % of ${evidenceOf(kernels)} time`,
    },
  ];
}

/** What the times rest on: `modelled`, `measured and modelled`. */
export function evidenceOf(kernels: NonNullable<Policies['kernels']>): string {
  return [...new Set(kernels.map(({ source }) => source))].sort().join(' and ');
}

function cacheLead({ windows, candidates }: CachePolicy): string {
  const { tuned, compared, validated } = windows;
  const fitted =
    compared === undefined
      ? `on the first ${counted(tuned.requests, 'request')}`
      : `on the last ${formatCount(compared.requests)} of the first ${counted(tuned.requests, 'request')}`;
  return (
    `${counted(candidates.length, 'candidate')} were fitted ${fitted} and chosen on the last ${formatCount(validated.requests)} of those; ` +
    `the winner was judged once, on the ${formatCount(windows.measured.requests)} requests after them. “Use” needs a gain above its own standard error, from a paired bootstrap over sessions or runs of requests.`
  );
}

function kernelLead({ cache_absent: why }: Policies): string {
  return `Only kernels were tuned. ${asSentence(why ?? 'There is no cache part')}`;
}

function gainBlocks(cache: CachePolicy): readonly Block[] {
  const rows = [
    { name: 'Cache policy', ...cache },
    ...cache.engines.map((engine) => ({ name: ENGINE_NAMES[engine.engine], ...engine })),
  ].flatMap(({ name, verdict, gain }): readonly (readonly Cell[])[] =>
    gain === null || gain.hit_ratio === 0
      ? []
      : [[name, verdict, gain.hit_ratio, gain.standard_error]],
  );
  if (rows.length === 0) return [];
  return [
    {
      kind: 'figure',
      figure: {
        id: 'gains',
        kind: 'intervals',
        title: 'Gain in hit ratio over the default, on requests the tuning never saw',
        summary: 'A dot each, with one standard error (thick) and two (thin) to either side.',
        table: {
          columns: [
            column('target', 'what'),
            column('verdict', 'verdict'),
            column('gain', 'gain', 'points'),
            column('standard_error', 'standard error', 'points'),
          ],
          rows,
        },
        options: { axis: 'points of the prompt tokens' },
      },
    },
  ];
}

function figureTable({ ceiling, optimum, ours, ...rest }: CachePolicy): Block {
  const rows: readonly (readonly Cell[])[] = [
    ['ceiling (no limit)', ceiling.hit_tokens, ceiling.hit_ratio, null],
    ...(
      [
        ['optimum (knows the future)', optimum],
        [`ours: ${policyLabel(ours.policy, ours.parameters)}`, ours],
        [`default: ${policyLabel(rest.default.policy, rest.default.parameters)}`, rest.default],
      ] as const
    ).map(([label, figure]): readonly Cell[] => [
      label,
      figure.hit_tokens,
      figure.hit_ratio,
      figure.saved_prefill_seconds,
    ]),
  ];
  return {
    kind: 'table',
    table: {
      id: 'judgement',
      title: 'The measured window',
      columns: [
        column('policy', 'policy'),
        column('hit_tokens', 'prefill tokens saved', 'count'),
        column('hit_ratio', 'hit ratio', 'ratio'),
        column('saved_seconds', 'prefill time saved, modelled', 'seconds'),
      ],
      rows,
    },
  };
}

function candidateTable({ candidates, windows }: CachePolicy): Block {
  const tokens = windows.validated.input_tokens;
  const rows = candidates.map(({ policy, parameters, hit_tokens }): readonly Cell[] => [
    policy,
    Object.entries(parameters)
      .map(([name, value]) => `${name} ${value}`)
      .join(', '),
    hit_tokens,
    tokens === 0 ? null : hit_tokens / tokens,
  ]);
  rows.sort((a, b) => Number(b[2]) - Number(a[2]));
  return {
    kind: 'table',
    table: {
      id: 'candidates',
      title: `Candidates on the validation slice, ${counted(windows.validated.requests, 'request')}; best first`,
      columns: [
        column('policy', 'policy'),
        column('parameters', 'parameters'),
        column('hit_tokens', 'hit tokens', 'count'),
        column('hit_ratio', 'hit ratio', 'ratio'),
      ],
      rows,
    },
  };
}
