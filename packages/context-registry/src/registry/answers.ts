import { scopeLabelOf } from './owner-key.ts';
import { encodePrompt } from './prompt.ts';
import { registryError } from './registry-errors.ts';
import { commonTokens, prefixOfBlocks, shareOf } from './share.ts';
import { findHeld, type Held, type RegistryState } from './state.ts';
import type { Match, OwnerKey, OwnerRef, Prompt, SharedContext, Use } from './types.ts';

const OWNER_LIMIT = 32;

interface Target {
  readonly tokens: Uint32Array;
  readonly scopeLabel: string;
}

/** See `Registry.sharedContext`. */
export function answerShared(
  state: RegistryState,
  ids: readonly OwnerRef[],
  target: Prompt | OwnerKey,
): SharedContext {
  const { tokens, scopeLabel } = targetOf(state, target);
  const best = ids.map((ref) => bestOf(findHeld(state, ref), { tokens, scopeLabel }, ref, state));
  const shares = best.map((held) => shareOf(state, tokens, held));
  const blocks = shares.map(({ exact }) => exact.blocks);
  tellUsed(state, best, 'shared');
  return {
    promptTokens: tokens.length,
    shares,
    common: prefixOfBlocks(state, blocks.length === 0 ? 0 : Math.min(...blocks)),
    saved: prefixOfBlocks(state, Math.max(0, ...blocks)),
  };
}

function targetOf(state: RegistryState, target: Prompt | OwnerKey): Target {
  if ('agent' in target) {
    const [{ tokens, scopeLabel }] = findHeld(state, target);
    return { tokens, scopeLabel };
  }
  return {
    tokens: encodePrompt(target, state.options),
    scopeLabel: scopeLabelOf(target.scope ?? {}),
  };
}

function bestOf(
  candidates: readonly Held[],
  target: Target,
  ref: OwnerRef,
  state: RegistryState,
): Held {
  let best: Held | undefined;
  let most = -1;
  for (const held of candidates) {
    if (held.scopeLabel !== target.scopeLabel) continue;
    const common = commonTokens(held.tokens, target.tokens);
    if (common <= most) continue;
    most = common;
    best = held;
  }
  if (best !== undefined) return best;
  throw registryError('registry.unknown-owner', {
    label: JSON.stringify(ref),
    known: state.held.size,
  });
}

/** See `Registry.match`. */
export function answerMatch(state: RegistryState, prompt: Prompt): Match {
  const target = targetOf(state, prompt);
  const peers = [...state.held.values()].filter((held) => held.scopeLabel === target.scopeLabel);
  const blocksOf = (held: Held) =>
    Math.floor(commonTokens(held.tokens, target.tokens) / state.options.blockSize);
  const blocks = Math.max(0, ...peers.map(blocksOf));
  const owners = blocks === 0 ? [] : peers.filter((held) => blocksOf(held) === blocks);
  tellUsed(state, owners.slice(0, OWNER_LIMIT), 'matched');
  return {
    promptTokens: target.tokens.length,
    exact: prefixOfBlocks(state, blocks),
    owners: owners.slice(0, OWNER_LIMIT).map(({ entry }) => entry.key),
    ownerCount: owners.length,
    nearest: owners.length === 0 ? undefined : shareOf(state, target.tokens, owners[0]),
    advisory: [],
  };
}

function tellUsed(state: RegistryState, used: readonly Held[], use: Use): void {
  for (const observer of state.observers) {
    for (const { entry } of used) observer.used?.(entry, use);
  }
}
