import type { Attention, FeedForward, Model } from './model.ts';

/**
 * Modelled floating-point operations to prefill one token that attends to `contextTokens` tokens, itself included.
 *
 * `2 × weights that the token meets + Σ over layers of 2 × heads × (query head size + value head size) × context`: a
 * multiply and an add for each weight, for Q·Kᵀ and for A·V (the forward third of Chowdhery et al., "PaLM", 2022,
 * appendix B, `2N + 4LHQT`). Embedding and output head are left out: a prefill computes logits for its last token only.
 * A layer with a sliding window attends to at most its window. MLA is counted as prefill runs it, not absorbed.
 *
 * For tokens h … n of a prompt, the mean context is (h + n + 1) / 2, and the formula is linear in it but for windows.
 */
export function prefillFlopsPerToken(model: Model, contextTokens: number): number {
  return 2 * weightsPerToken(model) + attentionFlops(model, contextTokens);
}

/** Weights that one token is multiplied with, all layers: attention, the experts it is routed to, shared ones, router. */
export function weightsPerToken(model: Model): number {
  const { layers, hiddenSize, feedForward } = model;
  const attention = attentionWeights(model.attention, hiddenSize);
  return layers * attention + feedForwardWeights(feedForward, hiddenSize, layers);
}

function attentionWeights(attention: Attention, hiddenSize: number): number {
  if (attention.kind === 'gqa') {
    const { heads, kvHeads, headSize } = attention;
    return hiddenSize * headSize * (2 * heads + 2 * kvHeads);
  }
  const { heads, queryRank, kvRank, ropeHeadSize, nopeHeadSize, valueHeadSize } = attention;
  const queryWidth = heads * (nopeHeadSize + ropeHeadSize);
  const query =
    queryRank === null ? hiddenSize * queryWidth : queryRank * (hiddenSize + queryWidth);
  const keyValue =
    hiddenSize * (kvRank + ropeHeadSize) + kvRank * heads * (nopeHeadSize + valueHeadSize);
  return query + keyValue + heads * valueHeadSize * hiddenSize;
}

/** Gated feed-forwards have three matrices. */
function feedForwardWeights(feedForward: FeedForward, hiddenSize: number, layers: number): number {
  if (feedForward.kind === 'dense') return layers * 3 * hiddenSize * feedForward.width;
  const { experts, expertsPerToken, expertWidth, sharedWidth, denseLayers } = feedForward;
  const routed = 3 * hiddenSize * (expertsPerToken * expertWidth + sharedWidth);
  const dense = 3 * hiddenSize * (feedForward.denseWidth ?? 0);
  return (layers - denseLayers) * (routed + hiddenSize * experts) + denseLayers * dense;
}

function attentionFlops(model: Model, contextTokens: number): number {
  const { attention, layers } = model;
  if (attention.kind === 'mla') {
    const { heads, nopeHeadSize, ropeHeadSize, valueHeadSize } = attention;
    return 2 * layers * heads * (nopeHeadSize + ropeHeadSize + valueHeadSize) * contextTokens;
  }
  const window = attention.slidingWindow;
  const slidingLayers = window?.layers ?? 0;
  const attended =
    (layers - slidingLayers) * contextTokens +
    slidingLayers * Math.min(contextTokens, window?.tokens ?? 0);
  return 4 * attention.heads * attention.headSize * attended;
}
