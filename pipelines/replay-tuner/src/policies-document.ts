import { blockBytesOf, type KvModel } from '@wavetune/cache-sizing';
import type { LearnedTable, ParameterValues } from '@wavetune/cachesim';
import { shapeOf, WAVETUNE_VERSION } from '@wavetune/core';
import type { Policies } from '@wavetune/documents';
import type { ReadTrace } from '@wavetune/ingest';
import type { Candidate } from './candidates.ts';
import type { Figure } from './judge.ts';
import { pinsOf } from './pins.ts';
import type { Trial } from './trial.ts';
import { type CacheTuning, DEFAULT_POLICY } from './tune-cache.ts';
import type { TunedEngine } from './tune-engines.ts';
import type { TuningGround } from './tuning-ground.ts';

type CachePolicy = NonNullable<Policies['cache']>;
type DocumentFigure = CachePolicy['ours'];

/** What the document says of its own making. */
export interface DocumentSource {
  readonly trace: ReadTrace;
  readonly model: KvModel | undefined;
  /** What was found, or why nothing was looked for. */
  readonly cache: CacheTuning | { readonly absent: string };
  readonly kernels: Pick<Policies, 'kernels' | 'kernel_totals' | 'kernel_run'>;
  readonly inputs: Policies['meta']['inputs'];
  readonly seed: number;
  /** Where an engine's file lies, as seen from the document. */
  readonly placeOf: (file: string) => string;
}

/** The `policies/1` document of a run. */
export function policiesOf(source: DocumentSource): Policies {
  const { trace, model, cache, kernels, inputs, seed, placeOf } = source;
  return {
    schema: 'policies/1',
    meta: {
      generator: `wavetune ${WAVETUNE_VERSION} replay-tuner`,
      inputs,
      format: trace.quality.format,
      requests: shapeOf(trace.columns).requests,
      model: model?.name ?? null,
      device: model?.device ?? null,
      seed,
    },
    ...('absent' in cache
      ? { cache: null, cache_absent: cache.absent }
      : { cache: cachePolicyOf(cache, placeOf) }),
    ...kernels,
  };
}

function cachePolicyOf(tuning: CacheTuning, placeOf: DocumentSource['placeOf']): CachePolicy {
  const { ground, choice, judgement } = tuning;
  const { columns, names } = ground.trace;
  const { winner } = choice;
  const isOurs = judgement.verdict === 'use';
  const table = isOurs ? winner.simulation.table : undefined;
  return {
    policy: isOurs ? winner.policy : DEFAULT_POLICY,
    parameters: isOurs ? winner.parameters : {},
    residency: 'closed',
    hits: 'continuous',
    capacity_blocks: ground.capacityBlocks,
    capacity_bytes: ground.model
      ? ground.capacityBlocks * blockBytesOf(ground.model, columns.blockSize)
      : null,
    block_size: columns.blockSize,
    admission: admissionOf(table),
    table: table === undefined ? null : tableOf(table),
    pins: isOurs && winner.policy === 'pinned-lru' ? pinsIn(ground, winner) : [],
    cohorts: tuning.rules.map(({ block, ttlMillis, priority }) => ({
      prefix: names.nameOf(block),
      ttl_seconds: ttlMillis / 1000,
      priority,
    })),
    windows: windowsOf(ground, choice.trial),
    candidates: choice.scores.map(({ candidate, hitTokens }) => ({
      policy: candidate.policy,
      parameters: candidate.parameters,
      hit_tokens: hitTokens,
    })),
    ...comparisonOf(tuning),
    engines: tuning.engines.map((engine) => engineOf(engine, placeOf)),
  };
}

function comparisonOf({ ground, choice, judgement, ...bounds }: CacheTuning) {
  const { winner } = choice;
  const { gain, verdict, reason, theirs, ours } = judgement;
  const input = inputTokensOf(ground, ground.measured.begin, ground.measured.end);
  const ratioOf = (hitTokens: number): number | null => (input > 0 ? hitTokens / input : null);
  return {
    default: figureOf(DEFAULT_POLICY, {}, theirs),
    ours: figureOf(winner.policy, winner.parameters, ours),
    optimum: {
      policy: 'optimum',
      parameters: {},
      hit_tokens: bounds.optimumHitTokens,
      hit_ratio: ratioOf(bounds.optimumHitTokens),
      saved_prefill_seconds: null,
    },
    ceiling: {
      hit_tokens: bounds.ceilingHitTokens,
      hit_ratio: ratioOf(bounds.ceilingHitTokens),
    },
    gain: gain ? { hit_ratio: gain.difference, standard_error: gain.standardError } : null,
    verdict,
    reason,
  };
}

function engineOf(
  { exporter, judgement, theirs, ours, advice }: TunedEngine,
  placeOf: DocumentSource['placeOf'],
) {
  const { verdict, reason, gain } = judgement;
  return {
    engine: exporter.name,
    verdict,
    reason,
    default: figureOf(theirs.policy, theirs.parameters, judgement.theirs),
    ours: figureOf(ours.policy, ours.parameters, judgement.ours),
    gain: gain ? { hit_ratio: gain.difference, standard_error: gain.standardError } : null,
    settings: exporter.settingsOf(advice),
    files: exporter.filesOf(advice).map(({ name }) => placeOf(name)),
  };
}

function figureOf(policy: string, parameters: ParameterValues, figure: Figure): DocumentFigure {
  return {
    policy,
    parameters,
    hit_tokens: figure.hitTokens,
    hit_ratio: figure.hitRatio ?? null,
    saved_prefill_seconds: figure.savedPrefillSeconds ?? null,
  };
}

function admissionOf(table: LearnedTable | undefined): CachePolicy['admission'] {
  if (table === undefined) return null;
  return { rule: 'by-value', parameters: {} };
}

function tableOf(table: LearnedTable): NonNullable<CachePolicy['table']> {
  return {
    features: table.features,
    intercept: table.intercept,
    band_scores: table.bandScores,
    gap_levels: table.gapLevels,
    age_ms: table.ageMillis,
    values: table.values,
    unit: 'hits a block-second',
  };
}

function pinsIn(ground: TuningGround, { parameters }: Candidate): readonly string[] {
  const { tips } = pinsOf(ground, ground.tunedEnd, Number(parameters.pinnedShare));
  return Array.from(tips, ground.trace.names.nameOf);
}

function windowsOf(ground: TuningGround, { from, validateFrom }: Trial): CachePolicy['windows'] {
  const { tunedEnd, measured } = ground;
  const { requests } = shapeOf(ground.trace.columns);
  const windowOf = (begin: number, end: number) => ({
    from: begin / requests,
    to: end / requests,
    requests: end - begin,
    input_tokens: inputTokensOf(ground, begin, end),
  });
  return {
    tuned: windowOf(0, tunedEnd),
    ...(from > 0 && { compared: windowOf(from, tunedEnd) }),
    validated: windowOf(from + validateFrom, tunedEnd),
    measured: windowOf(measured.begin, measured.end),
  };
}

function inputTokensOf({ trace }: TuningGround, begin: number, end: number): number {
  return trace.columns.inputTokens.subarray(begin, end).reduce((sum, tokens) => sum + tokens, 0);
}
