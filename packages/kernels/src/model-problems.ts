import type { KernelDtype } from './dtype.ts';
import { kernelsError } from './kernels-errors.ts';
import type { DenseProblem, L2State, MoeProblem, TiledProblem } from './problem.ts';
import type { Routing } from './routing.ts';

/** The layer shapes of a decoder-only transformer: a structural part of the model catalogue's rows. */
export interface ModelShape {
  readonly layers: number;
  readonly hiddenSize: number;
  readonly vocabulary: number;
  readonly attention:
    | {
        readonly kind: 'gqa';
        readonly heads: number;
        readonly kvHeads: number;
        readonly headSize: number;
      }
    | {
        readonly kind: 'mla';
        readonly heads: number;
        readonly queryRank: number | null;
        readonly kvRank: number;
        readonly ropeHeadSize: number;
        readonly nopeHeadSize: number;
        readonly valueHeadSize: number;
      };
  readonly feedForward:
    | { readonly kind: 'dense'; readonly width: number }
    | {
        readonly kind: 'moe';
        readonly experts: number;
        readonly expertsPerToken: number;
        readonly expertWidth: number;
        readonly sharedWidth: number;
        readonly denseLayers: number;
        readonly denseWidth: number | null;
      };
}

/** How a model is spread over devices. */
export interface Parallelism {
  /** Ranks that split heads, widths and the vocabulary. */
  readonly tp: number;
  /** Ranks that split the experts; those of them within `tp` do not split an expert's width. */
  readonly ep: number;
}

/** A multiplication of the model on one rank, still without its M. */
export interface LayerProblem {
  /** qkv, o, gate_up, down, moe, shared_gate_up, shared_down, lm_head; with MLA q_a_kv_a, q_b, kv_b in place of qkv. */
  readonly layer: string;
  /** Times it runs in one step. */
  readonly count: number;
  /** What M counts: every token of the step, or one for each sequence whose next token is drawn. */
  readonly rows: 'tokens' | 'sequences';
  readonly problem: Omit<DenseProblem, 'm'> | Omit<MoeProblem, 'm'>;
}

/** What the problems are made for. */
export interface ModelProblemOptions extends Parallelism {
  readonly dtype: KernelDtype;
  readonly routing: Routing;
  readonly l2: L2State;
}

/**
 * The tiled multiplications of one step, in the order in which they run. The router is left out: engines do not tune it.
 * The vocabulary's projection stays in bf16, as engines keep it, and is padded to 64 rows a rank.
 *
 * @throws WavetuneError `kernels.indivisible` where `tp` or `ep` does not divide what it splits.
 */
export function modelProblems(
  model: ModelShape,
  options: ModelProblemOptions,
): readonly LayerProblem[] {
  const dense = (layer: string, count: number, n: number, k: number): LayerProblem => ({
    layer,
    count,
    rows: 'tokens',
    problem: { kind: 'dense', dtype: options.dtype, n, k, l2: options.l2 },
  });
  const head: LayerProblem = {
    layer: 'lm_head',
    count: 1,
    rows: 'sequences',
    problem: {
      kind: 'dense',
      dtype: 'bf16',
      n: Math.ceil(model.vocabulary / (64 * options.tp)) * 64,
      k: model.hiddenSize,
      l2: options.l2,
    },
  };
  return [
    ...attentionShapes(model, options).map(({ layer, n, k }) => dense(layer, model.layers, n, k)),
    ...feedForwardProblems(model, options, dense),
    head,
  ];
}

/** The problem of a step with `m` rows. */
export function withRows(layer: LayerProblem, m: number): TiledProblem {
  return { ...layer.problem, m };
}

interface Shape {
  readonly layer: string;
  readonly n: number;
  readonly k: number;
}

function attentionShapes(model: ModelShape, { tp }: Parallelism): readonly Shape[] {
  const { attention, hiddenSize } = model;
  const heads = share(attention.heads, { what: 'attention heads', by: 'tp', parts: tp });
  if (attention.kind === 'gqa') {
    const { headSize, kvHeads } = attention;
    const mine = kvHeads >= tp ? share(kvHeads, { what: 'KV heads', by: 'tp', parts: tp }) : 1;
    if (kvHeads < tp) share(tp, { what: 'ranks', by: 'KV heads', parts: kvHeads });
    return [
      { layer: 'qkv', n: (heads + 2 * mine) * headSize, k: hiddenSize },
      { layer: 'o', n: hiddenSize, k: heads * headSize },
    ];
  }
  const { queryRank, kvRank, ropeHeadSize, nopeHeadSize, valueHeadSize } = attention;
  const queryWidth = heads * (nopeHeadSize + ropeHeadSize);
  const query: readonly Shape[] =
    queryRank === null
      ? [
          { layer: 'q', n: queryWidth, k: hiddenSize },
          { layer: 'kv_a', n: kvRank + ropeHeadSize, k: hiddenSize },
        ]
      : [
          { layer: 'q_a_kv_a', n: queryRank + kvRank + ropeHeadSize, k: hiddenSize },
          { layer: 'q_b', n: queryWidth, k: queryRank },
        ];
  return [
    ...query,
    { layer: 'kv_b', n: heads * (nopeHeadSize + valueHeadSize), k: kvRank },
    { layer: 'o', n: hiddenSize, k: heads * valueHeadSize },
  ];
}

type DenseMaker = (layer: string, count: number, n: number, k: number) => LayerProblem;

function feedForwardProblems(
  model: ModelShape,
  options: ModelProblemOptions,
  dense: DenseMaker,
): readonly LayerProblem[] {
  const { feedForward, hiddenSize, layers } = model;
  const { tp } = options;
  const gated = (prefix: string, count: number, width: number) => {
    const mine = share(width, { what: `columns of ${prefix}down`, by: 'tp', parts: tp });
    return [
      dense(`${prefix}gate_up`, count, 2 * mine, hiddenSize),
      dense(`${prefix}down`, count, hiddenSize, mine),
    ];
  };
  if (feedForward.kind === 'dense') return gated('', layers, feedForward.width);
  const { denseLayers, denseWidth, sharedWidth } = feedForward;
  const sparse = layers - denseLayers;
  return [
    ...(denseWidth === null ? [] : gated('', denseLayers, denseWidth)),
    ...(sharedWidth === 0 ? [] : gated('shared_', sparse, sharedWidth)),
    {
      layer: 'moe',
      count: sparse,
      rows: 'tokens',
      problem: moeProblem(feedForward, hiddenSize, options),
    },
  ];
}

function moeProblem(
  moe: Extract<ModelShape['feedForward'], { readonly kind: 'moe' }>,
  hidden: number,
  { tp, ep, dtype, routing, l2 }: ModelProblemOptions,
): Omit<MoeProblem, 'm'> {
  share(moe.experts, { what: 'experts', by: 'ep', parts: ep });
  const split = ep >= tp ? 1 : share(tp, { what: 'ranks of tp', by: 'ep', parts: ep });
  const width = share(moe.expertWidth, { what: 'columns of an expert', by: 'tp', parts: split });
  return {
    kind: 'moe',
    dtype,
    hidden,
    width,
    experts: moe.experts,
    ep,
    topK: moe.expertsPerToken,
    routing,
    l2,
  };
}

function share(
  size: number,
  { what, by, parts }: { readonly what: string; readonly by: string; readonly parts: number },
): number {
  if (size % parts !== 0) throw kernelsError('kernels.indivisible', { what, size, by, parts });
  return size / parts;
}
