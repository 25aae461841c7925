import { formatCount } from '@wavetune/core';
import type { Policies } from '@wavetune/documents';
import { formatDuration } from '../quantities.ts';
import { RUN_FILES, type RunDocuments } from '../run/run-documents.ts';
import { absentSection, type Block, type Section } from '../section.ts';
import { type Cell, column } from '../table.ts';
import { evidenceOf } from './verdicts-section.ts';

const ID = 'kernels';
const TITLE = 'Kernels: steps, tiles, gains';

type Kernel = NonNullable<Policies['kernels']>[number];
type KernelRun = NonNullable<Policies['kernel_run']>;
type Total = NonNullable<Policies['kernel_totals']>[number];

/** Steps by their tokens, the tile for each layer at each M, and what they gain. */
export function kernelsSection({ policies }: RunDocuments): Section {
  const kernels = policies?.kernels ?? [];
  if (policies === undefined || kernels.length === 0) {
    return absentSection(
      ID,
      TITLE,
      policies === undefined
        ? `${RUN_FILES.policies} is not in the run folder. It comes from bin/replay-tuner.`
        : `${RUN_FILES.policies} was made without --device, so no kernels were tuned.`,
    );
  }
  const totals = policies.kernel_totals ?? [];
  const run = policies.kernel_run;
  return {
    id: ID,
    title: TITLE,
    lead: leadOf(kernels, totals, run),
    absent: false,
    blocks: [
      ...(run === undefined ? [] : [stepsFigure(run)]),
      tilesFigure(kernels),
      gainFigure(kernels),
      ...totalsBlocks(totals),
      kernelTable(kernels),
    ],
  };
}

function leadOf(
  kernels: readonly Kernel[],
  totals: readonly Total[],
  run: KernelRun | undefined,
): string {
  const [first] = kernels;
  const used = kernels.filter(({ verdict }) => verdict === 'use').length;
  const whole = totals.find(({ role }) => role === null);
  const time =
    whole === undefined
      ? ''
      : ` That takes the trace’s matrix products from ${formatDuration(whole.baseline_micros / 1e6)} to ${formatDuration(whole.micros / 1e6)} (${evidenceOf(kernels)}; layers that read no tuned file keep their time).`;
  const steps =
    run === undefined
      ? ''
      : ` ${formatCount(run.waves.steps)} steps of at most ${formatCount(run.waves.token_budget)} tokens: ${formatCount(run.waves.prefill_tokens)} prompt tokens, ${formatCount(run.waves.decode_tokens)} decoded.`;
  return `${formatCount(used)} of ${formatCount(kernels.length)} buckets leave the tile of ${first.baseline.name} on ${first.problem.device}; the others keep it, because the gain is under ${((run?.margin ?? 0) * 100).toFixed(0)} %.${time}${steps}`;
}

function stepsFigure({ waves }: KernelRun): Block {
  const kinds = ['decode', 'mixed', 'prefill'] as const;
  return {
    kind: 'figure',
    figure: {
      id: 'steps-by-m',
      kind: 'columns',
      title: 'Steps of the scheduler by their tokens, M',
      summary: `${formatCount(waves.steps)} steps, ${waves.arrivals} arrivals; M is the nearest of the grid.`,
      table: {
        columns: [
          column('kind', 'step'),
          column('M', 'M', 'count'),
          column('steps', 'steps', 'count'),
        ],
        rows: kinds.flatMap((kind) =>
          waves.histogram.map((bucket): readonly Cell[] => [kind, bucket.M, bucket[kind]]),
        ),
      },
      options: { axis: 'steps (square-root scale)', across: 'M, tokens of a step', scale: 'sqrt' },
    },
  };
}

function tilesFigure(kernels: readonly Kernel[]): Block {
  return {
    kind: 'figure',
    figure: {
      id: 'tiles',
      kind: 'tile-grid',
      title:
        'Chosen tiles, BM/BN/BK, by layer and M; the darker, the larger the gain (= keeps the default)',
      summary: 'One cell a layer and M: the tile, and its gain over the default.',
      table: {
        columns: [
          column('layer', 'layer'),
          column('M', 'M', 'count'),
          column('tile', 'tile'),
          column('gain', 'gain', 'gain'),
          column('verdict', 'verdict'),
        ],
        rows: kernels.map((kernel): readonly Cell[] => [
          kernel.problem.role,
          kernel.M,
          tileOf(kernel.policy),
          kernel.verdict === 'use' ? kernel.gain : 0,
          kernel.verdict,
        ]),
      },
      options: {},
    },
  };
}

/** Baseline over tuned, weighted by how often the trace runs each layer at that M. */
function gainFigure(kernels: readonly Kernel[]): Block {
  const sums = new Map<number, { baseline: number; tuned: number }>();
  for (const { M, runs, baseline, ours, verdict } of kernels) {
    const at = sums.get(M) ?? { baseline: 0, tuned: 0 };
    at.baseline += runs * baseline.micros;
    at.tuned += runs * (verdict === 'use' ? ours.micros : baseline.micros);
    sums.set(M, at);
  }
  const rows = [...sums]
    .sort(([a], [b]) => a - b)
    .filter(([, { tuned }]) => tuned > 0)
    .map(([M, { baseline, tuned }]): readonly Cell[] => [
      'all layers',
      M,
      baseline / tuned - 1,
      baseline / 1e6,
      tuned / 1e6,
    ]);
  return {
    kind: 'figure',
    figure: {
      id: 'gain-by-m',
      kind: 'columns',
      title: 'Gain by bucket: the default’s time over the tuned one, less one, over all layers',
      summary: 'One column a bucket of M that the trace runs.',
      table: {
        columns: [
          column('layers', 'layers'),
          column('M', 'M', 'count'),
          column('gain', 'gain', 'gain'),
          column('baseline_seconds', 'default', 'seconds'),
          column('tuned_seconds', 'tuned', 'seconds'),
        ],
        rows,
      },
      options: { axis: 'gain', across: 'M, tokens of a step', scale: 'linear' },
    },
  };
}

function totalsBlocks(totals: readonly Total[]): readonly Block[] {
  if (totals.length === 0) return [];
  return [
    {
      kind: 'table',
      table: {
        id: 'kernel-totals',
        title: 'Time of each layer over the trace',
        columns: [
          column('layer', 'layer'),
          column('reads_tuned_files', 'reads tuned files'),
          column('layers', 'layers', 'count'),
          column('baseline_micros', 'default', 'micros'),
          column('micros', 'tuned', 'micros'),
          column('gain', 'gain', 'gain'),
        ],
        rows: totals.map(({ role, tunable, layers, baseline_micros: before, micros: after }) => [
          role ?? 'all',
          role === null ? null : tunable ? 'yes' : 'no, a library runs it',
          layers,
          before,
          after,
          after > 0 ? before / after - 1 : null,
        ]),
      },
    },
  ];
}

function kernelTable(kernels: readonly Kernel[]): Block {
  return {
    kind: 'table',
    table: {
      id: 'kernels',
      title: 'Every bucket, with its evidence',
      columns: [
        column('layer', 'layer'),
        column('M', 'M', 'count'),
        column('verdict', 'verdict'),
        column('tile', 'tile to run'),
        column('default_tile', 'default tile'),
        column('default_micros', 'default', 'micros'),
        column('our_micros', 'ours', 'micros'),
        column('gain', 'gain', 'gain'),
        column('weight', 'share of kernel time', 'ratio'),
        column('source', 'evidence'),
      ],
      rows: kernels.map((kernel): readonly Cell[] => [
        kernel.problem.role,
        kernel.M,
        kernel.verdict,
        tileOf(kernel.policy),
        tileOf(kernel.baseline.policy),
        kernel.baseline.feasible ? kernel.baseline.micros : null,
        kernel.ours.micros,
        kernel.gain,
        kernel.weight,
        kernel.source,
      ]),
    },
  };
}

function tileOf({ BM, BN, BK }: Kernel['policy']): string {
  return `${BM}/${BN}/${BK}`;
}
