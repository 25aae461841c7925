import { NONE } from '@wavetune/core';
import { editDistance, jaccardOfPairs } from '../near/compare-blocks.ts';
import { MAX_DISTANCE_BITS } from '../near/signature-index.ts';
import { hammingBits } from '../near/simhash.ts';
import type { RegistryState } from './state.ts';
import type { Held, Store } from './store.ts';
import type { Target } from './target.ts';
import type { AdvisoryMatch } from './types.ts';

/** Blocks of one prompt that are looked up (chosen: some 10 ms at a million blocks). */
const BLOCKS_LOOKED_UP = 256;
const CANDIDATES = 64;
/** Blocks of one content that are tried for an owner. */
const PLACES_TRIED = 16;

/** Where to look. */
export interface NearScope {
  /** Ranges of the prompt that are explained already. */
  readonly covered: readonly { readonly atA: number; readonly tokens: number }[];
  /** Only in this entry. */
  readonly within?: Held;
}

/**
 * For each block of the prompt that is mostly unexplained: the held block that is nearest to it in edits, among those
 * within 8 bits. A candidate counts only if at most half of its tokens have to be edited; its tokens are compared, the
 * SimHash only finds it.
 */
export function nearBlocks(
  state: RegistryState,
  target: Target,
  { covered, within }: NearScope,
): readonly AdvisoryMatch[] {
  if (target.scope === NONE) return [];
  const { store } = state;
  const { blockSize } = store;
  const placeOf = within === undefined ? placeAnywhere(store, target) : placeInside(store, within);
  return openBlocks(target.tokens.length, blockSize, covered).flatMap((begin) => {
    const wanted = target.tokens.subarray(begin, begin + blockSize);
    const best = nearestTo(store, wanted, placeOf);
    if (best === undefined) return [];
    const at = (store.forest.blocks.columns.depths[best.block] - 1) * blockSize;
    return {
      kind: best.editTokens === 0 ? ('passage' as const) : ('near-block' as const),
      owner: best.held.entry.key,
      prompt: { begin, end: begin + blockSize, text: textOf(state, wanted) },
      context: { begin: at, end: at + blockSize, text: textOf(state, best.tokens) },
      jaccard: jaccardOfPairs(wanted, best.tokens),
      editTokens: best.editTokens,
      hammingBits: best.hammingBits,
    };
  });
}

/** First tokens of the full blocks that are less than half covered, at most {@link BLOCKS_LOOKED_UP}. */
function openBlocks(length: number, blockSize: number, covered: NearScope['covered']): number[] {
  const explained = new Uint32Array(Math.floor(length / blockSize));
  for (const { atA, tokens } of covered) {
    for (let at = atA; at < atA + tokens; at++) {
      const block = Math.floor(at / blockSize);
      if (block < explained.length) explained[block]++;
    }
  }
  const open: number[] = [];
  for (let block = 0; block < explained.length && open.length < BLOCKS_LOOKED_UP; block++) {
    if (explained[block] * 2 < blockSize) open.push(block * blockSize);
  }
  return open;
}

interface Place {
  readonly block: number;
  readonly held: Held;
}

/** A block of a content, with an entry that has it; undefined where there is none to speak of. */
type PlaceOf = (content: number) => Place | undefined;

interface NearBlock extends Place {
  readonly tokens: Uint32Array;
  readonly editTokens: number;
  readonly hammingBits: number;
}

function nearestTo(store: Store, wanted: Uint32Array, placeOf: PlaceOf): NearBlock | undefined {
  const { signatures, simHash, blockSize, forest } = store;
  const signature = { low: 0, high: 0 };
  const other = { low: 0, high: 0 };
  const candidates = new Uint32Array(CANDIDATES);
  simHash(wanted, 0, signature);
  const count = signatures.search(signature, MAX_DISTANCE_BITS, candidates);
  let best: NearBlock | undefined;
  for (const content of candidates.subarray(0, Math.min(count, CANDIDATES))) {
    const begin = content * blockSize;
    const tokens = forest.blocks.contents.tokens.subarray(begin, begin + blockSize);
    const editTokens = editDistance(wanted, tokens);
    if (editTokens * 2 > blockSize || editTokens >= (best?.editTokens ?? Infinity)) continue;
    const place = placeOf(content);
    if (place === undefined) continue;
    signatures.read(content, other);
    best = { ...place, tokens, editTokens, hammingBits: hammingBits(signature, other) };
  }
  return best;
}

function placeInside(store: Store, held: Held): PlaceOf {
  const { contentOf } = store.forest.blocks.columns;
  const byContent = new Map<number, number>();
  for (const block of store.blocksOf(held)) byContent.set(contentOf[block], block);
  return (content) => {
    const block = byContent.get(content);
    return block === undefined ? undefined : { block, held };
  };
}

function placeAnywhere({ forest, heldBy }: Store, { scopeLabel }: Target): PlaceOf {
  const { firstAlike, nextAlike, labels } = forest.blocks.columns;
  return (content) => {
    let block = firstAlike[content];
    for (let tried = 0; block !== NONE && tried < PLACES_TRIED; tried++) {
      const held = heldBy(forest.runs.chainsThrough(labels[block], 1)[0]);
      if (held.scopeLabel === scopeLabel) return { block, held };
      block = nextAlike[block];
    }
    return undefined;
  };
}

function textOf({ options }: RegistryState, tokens: Uint32Array): string | undefined {
  return options.tokenizer?.decode(tokens);
}
