import { shapeOf, type TraceColumns } from '@wavetune/core';
import {
  attentionBound,
  bucketSteps,
  costPolicies,
  M_GRID,
  type ScheduledRequests,
  scheduleWaves,
  type Waves,
  withRows,
} from '@wavetune/kernels';
import type { KernelGround } from './kernel-ground.ts';

/** The steps of a trace, and of its halves by requests. */
export interface TraceWaves {
  readonly whole: Waves;
  /** None for a trace of one request. */
  readonly halves: readonly [Waves, Waves] | undefined;
}

/** Steps of one bucket of M, by what their tokens are for. */
export interface StepsOfBucket {
  readonly m: number;
  readonly prefill: number;
  readonly decode: number;
  readonly mixed: number;
}

/**
 * Forms the steps of a trace from which `hitTokens` a request were taken.
 *
 * @throws WavetuneError `kernels.empty-trace`
 */
export function wavesOfTrace(
  columns: TraceColumns,
  hitTokens: ArrayLike<number>,
  ground: KernelGround,
): TraceWaves {
  const { requests: count } = shapeOf(columns);
  const prefillTokens = columns.inputTokens.map((tokens, r) => tokens - hitTokens[r]);
  const cut = (begin: number, end: number): ScheduledRequests => ({
    arrivalMillis: columns.timeMillis.slice(begin, end),
    prefillTokens: prefillTokens.slice(begin, end),
    outputTokens: columns.outputTokens.slice(begin, end),
  });
  const { tokenBudget, maxSequences, arrivals } = ground;
  const stepMillis = stepTimer(ground, meanContext(columns));
  const waves = (begin: number, end: number): Waves =>
    scheduleWaves(cut(begin, end), { tokenBudget, maxSequences, arrivals, stepMillis });
  const middle = count >> 1;
  return {
    whole: waves(0, count),
    halves: middle === 0 ? undefined : [waves(0, middle), waves(middle, count)],
  };
}

/** Steps by the grid's nearest M, ascending. */
export function stepsByBucket({ byKind }: Waves): readonly StepsOfBucket[] {
  const kinds = [byKind.prefill, byKind.decode, byKind.mixed].map((kind) => bucketSteps([kind]));
  const buckets = new Set(kinds.flatMap((kind) => [...kind.keys()]));
  return [...buckets]
    .sort((left, right) => left - right)
    .map((m) => {
      const [prefill, decode, mixed] = kinds.map((kind) => kind.get(m) ?? 0);
      return { m, prefill, decode, mixed };
    });
}

/** Tokens that a token looks back on, on average over requests: the prompt and half the answer. */
function meanContext({ inputTokens, outputTokens }: TraceColumns): number {
  const sum = inputTokens.reduce((total, tokens, r) => total + tokens + outputTokens[r] / 2, 0);
  return Math.max(1, Math.round(sum / Math.max(1, inputTokens.length)));
}

/**
 * Milliseconds of a step by its tokens: the model's multiplications under the baseline and attention's bound, at the
 * grid and on straight lines between. What a step takes beside them is left out, so steps are rather short, and batches
 * of timed arrivals rather small.
 */
function stepTimer(ground: KernelGround, context: number): (tokens: number) => number {
  const millis = M_GRID.map((m) => 1000 * stepSeconds(ground, m, context));
  const last = M_GRID.length - 1;
  return (tokens) => {
    const above = M_GRID.findIndex((m) => m >= tokens);
    if (above < 0) return (millis[last] * tokens) / M_GRID[last];
    if (above === 0) return millis[0];
    const [low, high] = [M_GRID[above - 1], M_GRID[above]];
    const share = (tokens - low) / (high - low);
    return millis[above - 1] * (1 - share) + millis[above] * share;
  };
}

function stepSeconds(ground: KernelGround, tokens: number, context: number): number {
  const { device, layers, strategy, calibration, maxSequences, model } = ground;
  const { constants } = calibration;
  let seconds = model.layers * attentionSeconds(ground, tokens, context);
  for (const layer of layers) {
    const m = layer.rows === 'tokens' ? tokens : Math.min(tokens, maxSequences);
    const problem = withRows(layer, m);
    const policies = [strategy.choose(problem)];
    seconds += layer.count * costPolicies(device, { problem, constants, policies })[0].seconds;
  }
  return seconds;
}

/** Steps of more tokens than sequences are taken as one prompt's. MLA's latent counts as one head of keys and values. */
function attentionSeconds(
  { device, model, tp, maxSequences }: KernelGround,
  m: number,
  context: number,
): number {
  const { attention } = model;
  const sizes =
    attention.kind === 'gqa'
      ? { kvHeads: Math.max(1, attention.kvHeads / tp), headSize: attention.headSize }
      : { kvHeads: 1, headSize: (attention.kvRank + attention.ropeHeadSize) / 2 };
  const phase = m > maxSequences ? 'prefill' : 'decode';
  const heads = attention.heads / tp;
  const problem = { kind: 'attention', dtype: 'bf16', phase, m, context, heads, ...sizes } as const;
  return attentionBound(device, problem).seconds;
}
