import { alignPassages, type Passage } from '../near/align.ts';
import { nearBlocks } from './near-blocks.ts';
import type { RegistryState } from './state.ts';
import type { Held } from './store.ts';
import { commonBlocks, prefixOfBlocks, type Target } from './target.ts';
import type { AdvisoryMatch, ContextShare, Divergence, Excerpt, Reordering } from './types.ts';

/** Tokens after which two texts count as agreeing again. */
const LEAST_PASSAGE_TOKENS = 8;
const ADVISORY_LIMIT = 16;
const EXCERPT_TOKENS = 32;

/** A prompt beside a context, compared to the token. */
interface Comparison {
  readonly prompt: Uint32Array;
  readonly context: Uint32Array;
  /** Tokens that both begin with. */
  readonly common: number;
  /** What else they have in common, in order in the prompt. */
  readonly passages: readonly Passage[];
}

/** What a prompt and a held context of its scope have in common. Cost: linear in both. */
export function shareOf(state: RegistryState, target: Target, held: Held): ContextShare {
  const blocks = commonBlocks(state.store, target, held);
  const comparison = compare(state, target, held);
  return {
    owner: held.entry.key,
    exact: prefixOfBlocks(state, blocks),
    divergence: divergenceOf(state, comparison),
    advisory: adviceOf(state, target, held, comparison),
    reordering: reorderingOf(state, comparison, blocks),
  };
}

/** Tokens that a prompt and a context have in common in any order: what they begin with, and passages. */
export function tokensInCommon(state: RegistryState, target: Target, held: Held): number {
  const { common, passages } = compare(state, target, held);
  return passages.reduce((sum, { tokens }) => sum + tokens, common);
}

function compare(state: RegistryState, target: Target, held: Held): Comparison {
  const context = state.store.tokensOf(held);
  const prompt = target.tokens;
  const end = Math.min(prompt.length, context.length);
  let common = commonBlocks(state.store, target, held) * state.options.blockSize;
  while (common < end && prompt[common] === context[common]) common++;
  const passages = alignPassages(prompt, context, {
    begin: common,
    leastTokens: LEAST_PASSAGE_TOKENS,
  });
  return { prompt, context, common, passages };
}

function divergenceOf(state: RegistryState, comparison: Comparison): Divergence {
  const { prompt, context, common, passages } = comparison;
  const [next] = passages;
  const range = (end: number) => ({ begin: common, end });
  return {
    atToken: common,
    atBlock: Math.floor(common / state.options.blockSize),
    cause: causeOf(comparison),
    prompt: excerptOf(state, prompt, range(next?.atA ?? prompt.length)),
    context: excerptOf(state, context, range(next?.atB ?? context.length)),
  };
}

function causeOf({ prompt, context, common, passages }: Comparison): Divergence['cause'] {
  if (common === prompt.length && common === context.length) return 'none';
  if (common === prompt.length || common === context.length) return 'ended';
  if (passages.length === 0) return 'different';
  const [next] = passages;
  if (passages.some(({ atB }) => atB < next.atB)) return 'moved';
  if (next.atA === common) return 'removed';
  return next.atB === common ? 'inserted' : 'replaced';
}

function adviceOf(
  state: RegistryState,
  target: Target,
  held: Held,
  { prompt, context, common, passages }: Comparison,
): readonly AdvisoryMatch[] {
  const long = passages.filter(({ tokens }) => tokens >= state.options.blockSize);
  const matches = long.map(({ atA, atB, tokens }) => ({
    kind: 'passage' as const,
    owner: held.entry.key,
    prompt: excerptOf(state, prompt, { begin: atA, end: atA + tokens }),
    context: excerptOf(state, context, { begin: atB, end: atB + tokens }),
    jaccard: 1,
    editTokens: 0,
    hammingBits: undefined,
  }));
  const covered = [{ atA: 0, tokens: common }, ...passages];
  return rankAdvice([...matches, ...nearBlocks(state, target, { covered, within: held })]);
}

/** The longest passages, then the nearest blocks; so many as are worth a look. */
export function rankAdvice(matches: readonly AdvisoryMatch[]): readonly AdvisoryMatch[] {
  const lengthOf = ({ prompt }: AdvisoryMatch) => prompt.end - prompt.begin;
  return matches
    .toSorted(
      (a, b) =>
        a.editTokens - b.editTokens || lengthOf(b) - lengthOf(a) || a.prompt.begin - b.prompt.begin,
    )
    .slice(0, ADVISORY_LIMIT);
}

function reorderingOf(
  state: RegistryState,
  { prompt, context, common, passages }: Comparison,
  blocks: number,
): Reordering | undefined {
  const { blockSize } = state.options;
  const stable = passages
    .filter(({ tokens }) => tokens >= blockSize)
    .toSorted((a, b) => a.atB - b.atB);
  const tokens = stable.reduce((sum, passage) => sum + passage.tokens, common);
  const wouldShare = prefixOfBlocks(state, Math.floor(tokens / blockSize));
  if (wouldShare.blocks <= blocks) return undefined;
  const head = common === 0 ? [] : [{ begin: 0, end: common }];
  const ranges = (key: 'atA' | 'atB') =>
    stable.map((passage) => ({ begin: passage[key], end: passage[key] + passage.tokens }));
  return {
    promptFirst: [...head, ...ranges('atA')].map((range) => excerptOf(state, prompt, range)),
    contextFirst: [...head, ...ranges('atB')].map((range) => excerptOf(state, context, range)),
    wouldShare,
  };
}

/** A range of tokens with the text of its beginning. */
export function excerptOf(
  state: RegistryState,
  tokens: Uint32Array,
  { begin, end }: { readonly begin: number; readonly end: number },
): Excerpt {
  const sample = tokens.subarray(begin, Math.min(end, begin + EXCERPT_TOKENS));
  return { begin, end, text: state.options.tokenizer?.decode(sample) };
}
