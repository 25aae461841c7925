import { nearBlocks } from './near-blocks.ts';
import { findPassages, type PassageOf } from './passages.ts';
import { registryError } from './registry-errors.ts';
import { excerptOf, rankAdvice, shareOf, tokensInCommon } from './share.ts';
import { findHeld, type RegistryState, tellObservers } from './state.ts';
import type { Held } from './store.ts';
import { commonBlocks, prefixOfBlocks, type Target, targetOf } from './target.ts';
import type {
  AdvisoryMatch,
  Match,
  OwnerKey,
  OwnerRef,
  Prompt,
  RegistryObserver,
  SharedContext,
  Use,
} from './types.ts';

const OWNER_LIMIT = 32;
/** Contexts of one agent that are aligned where their exact prefixes are equally long. */
const EQUALS_ALIGNED = 4;

/** See `Registry.sharedContext`. */
export function answerShared(
  state: RegistryState,
  ids: readonly OwnerRef[],
  of: Prompt | OwnerKey,
): SharedContext {
  const target = targetOf(state, of);
  const best = ids.map((ref) => mostShared(state, target, ref));
  const shares = best.map((held) => shareOf(state, target, held));
  const blocks = shares.map(({ exact }) => exact.blocks);
  tellUsed(state, best, 'shared');
  const held = ownersOf(state, target);
  return {
    promptTokens: target.tokens.length,
    owners: held.owners.map(({ entry }) => entry.key),
    ownerCount: held.ownerCount,
    shares,
    common: prefixOfBlocks(state, blocks.length === 0 ? 0 : Math.min(...blocks)),
    saved: prefixOfBlocks(state, Math.max(0, ...blocks)),
  };
}

/**
 * Of what the question names, the entry with the longest exact prefix; of the latest equal ones, the most alike. A target
 * that is a context of the agent itself is compared with the agent's others: that it equals itself saves nothing.
 */
function mostShared(state: RegistryState, target: Target, ref: OwnerRef): Held {
  const named = findHeld(state, ref).filter((held) => held.scopeLabel === target.scopeLabel);
  const others = named.filter((held) => held !== target.held);
  const candidates = others.length === 0 ? named : others;
  if (candidates.length === 0) {
    throw registryError('registry.no-shared-scope', { label: JSON.stringify(ref) });
  }
  const blocks = candidates.map((held) => commonBlocks(state.store, target, held));
  const most = Math.max(...blocks);
  const equals = candidates.filter((_, i) => blocks[i] === most).slice(-EQUALS_ALIGNED);
  return equals.length === 1 ? equals[0] : mostAlike(state, target, equals);
}

function mostAlike(state: RegistryState, target: Target, held: readonly Held[]): Held {
  const common = held.map((one) => tokensInCommon(state, target, one));
  return held[common.indexOf(Math.max(...common))];
}

/** See `Registry.match`. */
export function answerMatch(state: RegistryState, prompt: Prompt): Match {
  const { store } = state;
  const target = targetOf(state, prompt);
  const { owners, ownerCount } = ownersOf(state, target);
  const exact = prefixOfBlocks(state, target.path.length);
  const passages = findPassages(store, target, exact.tokens);
  const nearest = nearestOf(state, target, { owners, passages });
  tellUsed(state, owners, 'matched');
  const covered = [{ atA: 0, tokens: exact.tokens }, ...passages];
  return {
    promptTokens: target.tokens.length,
    exact,
    owners: owners.map(({ entry }) => entry.key),
    ownerCount,
    nearest: nearest && shareOf(state, target, nearest),
    advisory: rankAdvice([
      ...passages.map((passage) => passageAdvice(state, target, passage)),
      ...nearBlocks(state, target, { covered }),
    ]),
  };
}

interface PrefixOwners {
  readonly owners: readonly Held[];
  readonly ownerCount: number;
}

/** Who holds the last block of the longest prefix of the target that is held at all. */
function ownersOf({ store }: RegistryState, { path }: Target): PrefixOwners {
  const { runs, blocks } = store.forest;
  if (path.length === 0) return { owners: [], ownerCount: 0 };
  const run = blocks.columns.labels[path[path.length - 1]];
  const owners = runs.chainsThrough(run, OWNER_LIMIT).map(store.heldBy);
  return { owners, ownerCount: runs.counts[run] };
}

function passageAdvice(
  state: RegistryState,
  target: Target,
  { held, atA, atB, tokens }: PassageOf,
): AdvisoryMatch {
  const prompt = excerptOf(state, target.tokens, { begin: atA, end: atA + tokens });
  return {
    kind: 'passage',
    owner: held.entry.key,
    prompt,
    context: { begin: atB, end: atB + tokens, text: prompt.text },
    jaccard: 1,
    editTokens: 0,
    hammingBits: undefined,
  };
}

/** The entry with most of the prompt: exact prefix and passages together. */
function nearestOf(
  state: RegistryState,
  target: Target,
  {
    owners,
    passages,
  }: { readonly owners: readonly Held[]; readonly passages: readonly PassageOf[] },
): Held | undefined {
  const tokens = new Map<Held, number>();
  const candidates = [...owners.slice(0, EQUALS_ALIGNED), ...passages.map(({ held }) => held)];
  for (const held of candidates) {
    tokens.set(held, commonBlocks(state.store, target, held) * state.options.blockSize);
  }
  for (const passage of passages) {
    tokens.set(passage.held, (tokens.get(passage.held) ?? 0) + passage.tokens);
  }
  let best: Held | undefined;
  for (const [held, total] of tokens) {
    if (best === undefined || total > (tokens.get(best) ?? 0)) best = held;
  }
  return best;
}

function tellUsed(state: RegistryState, used: readonly Held[], use: Use): void {
  tellObservers(
    state,
    used.map(
      ({ entry }) =>
        (observer: RegistryObserver) =>
          observer.used?.(entry, use),
    ),
  );
}
