import { NONE } from '@wavetune/core';
import { labelOf } from './owner-key.ts';
import { nameBlocks, spellPrompt } from './prompt.ts';
import { findHeld, type RegistryState } from './state.ts';
import type { Held, Spelling, Store } from './store.ts';
import type { ExactPrefix, OwnerKey, Prompt } from './types.ts';

/** A prompt in question, and the blocks of it that are held. */
export interface Target extends Spelling {
  /** The registered context that it is, where one was named. */
  readonly held: Held | undefined;
  /** Number of its scope, `NONE` where nothing is held in it. */
  readonly scope: number;
  /** Ids of its held blocks, root first. */
  readonly path: Uint32Array;
}

/** A prompt, or a registered context in its place. @throws WavetuneError as `register`, `registry.unknown-owner`. */
export function targetOf(state: RegistryState, target: Prompt | OwnerKey): Target {
  const { store } = state;
  const [held, spelling] = spell(state, target);
  const scope = store.scopes.find(spelling.scopeLabel);
  if (scope === NONE) return { ...spelling, held, scope, path: new Uint32Array(0) };
  const path = new Uint32Array(spelling.names.length / 2);
  const blocks = store.forest.findPrefix({ ...spelling, scope }, path);
  return { ...spelling, held, scope, path: path.subarray(0, blocks) };
}

function spell(state: RegistryState, target: Prompt | OwnerKey): [Held | undefined, Spelling] {
  if (!('agent' in target)) return [undefined, spellPrompt(target, state.options)];
  labelOf(target);
  const [held] = findHeld(state, target);
  return [held, spellHeld(state, held)];
}

function spellHeld(state: RegistryState, held: Held): Spelling {
  const tokens = state.store.tokensOf(held);
  const { scope } = held.entry;
  return { tokens, names: nameBlocks(tokens, scope, state.options), scopeLabel: held.scopeLabel };
}

/** Blocks that the target and an entry begin with. Cost: the runs of the entry. */
export function commonBlocks({ forest }: Store, target: Target, held: Held): number {
  const { chain, scopeLabel } = held;
  const { path } = target;
  if (chain.last === NONE || scopeLabel !== target.scopeLabel) return 0;
  const { runs, blocks } = forest;
  let run = blocks.columns.labels[chain.last];
  let below = NONE;
  while (run !== NONE && path[runs.ends[run] - 1] !== runs.tips[run]) {
    below = run;
    run = runs.parents[run];
  }
  const whole = run === NONE ? 0 : runs.ends[run];
  const goesOn = path.length > whole && blocks.columns.labels[path[whole]] === below;
  return goesOn ? path.length : whole;
}

/** The first `blocks` blocks of a prompt as what they save. */
export function prefixOfBlocks({ options }: RegistryState, blocks: number): ExactPrefix {
  const tokens = blocks * options.blockSize;
  return { blocks, tokens, sizeBytes: tokens * options.model.bytesPerToken };
}
