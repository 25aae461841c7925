import { NONE } from '@wavetune/core';
import type { Passage } from '../near/align.ts';
import { visitLandmarks } from '../near/landmarks.ts';
import type { Held, Store } from './store.ts';
import type { Target } from './target.ts';

/** A passage of a prompt that an entry has elsewhere. */
export interface PassageOf extends Passage {
  readonly held: Held;
}

/** Places of one landmark that are compared. */
const PLACES_TRIED = 8;
/** Entries whose tokens are read for one prompt. */
const ENTRIES_READ = 64;

/**
 * Passages of the prompt from token `begin` on that the registry has in its scope, at whatever place; disjoint, in order.
 * A passage without a landmark is not found.
 *
 * Cost: linear in the prompt and in the (at most 64) entries that are read.
 */
export function findPassages(store: Store, target: Target, begin: number): readonly PassageOf[] {
  if (target.scope === NONE) return [];
  const { tokens, scope } = target;
  const read = createReader(store);
  const passages: PassageOf[] = [];
  let from = begin;
  visitLandmarks(tokens, { begin, end: tokens.length }, (hash, last) => {
    if (last < from) return;
    let best: PassageOf | undefined;
    store.landmarks.visitPlaces({ hash, scope }, PLACES_TRIED, (block, offset) => {
      const { depths, labels } = store.forest.blocks.columns;
      const held = store.heldBy(store.forest.runs.chainsThrough(labels[block], 1)[0]);
      const context = read(held);
      if (context === undefined) return;
      const place = (depths[block] - 1) * store.blockSize + offset;
      const found = extend({ prompt: tokens, context, from }, last, place);
      if (found.tokens > (best?.tokens ?? 0)) best = { ...found, held };
    });
    if (best === undefined || best.tokens < store.blockSize) return;
    passages.push(best);
    from = best.atA + best.tokens;
  });
  return passages;
}

/** Tokens of entries, each read once; undefined for one too many. */
function createReader(store: Store): (held: Held) => Uint32Array | undefined {
  const byId = new Map<number, Uint32Array>();
  return (held) => {
    const known = byId.get(held.chain.id);
    if (known !== undefined || byId.size === ENTRIES_READ) return known;
    const tokens = store.tokensOf(held);
    byId.set(held.chain.id, tokens);
    return tokens;
  };
}

interface Extent {
  readonly prompt: Uint32Array;
  readonly context: Uint32Array;
  /** First token of the prompt that may be taken. */
  readonly from: number;
}

/** The longest common stretch through prompt token `last` and context token `place`. */
function extend({ prompt, context, from }: Extent, last: number, place: number): Passage {
  let back = 0;
  while (
    last - back >= from &&
    place - back >= 0 &&
    prompt[last - back] === context[place - back]
  ) {
    back++;
  }
  let ahead = 1;
  while (
    back > 0 &&
    last + ahead < prompt.length &&
    place + ahead < context.length &&
    prompt[last + ahead] === context[place + ahead]
  ) {
    ahead++;
  }
  return { atA: last - back + 1, atB: place - back + 1, tokens: back === 0 ? 0 : back + ahead - 1 };
}
