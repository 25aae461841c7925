import { NONE } from '@wavetune/core';
import { labelOf } from './owner-key.ts';
import { nameBlocks, spellPrompt } from './prompt.ts';
import { findHeld, type RegistryState } from './state.ts';
import type { Held, Spelling, Store } from './store.ts';
import type { ExactPrefix, OwnerKey, Prompt } from './types.ts';

/** A prompt in question, and the blocks of it that are held. */
export interface Target extends Spelling {
  /** Number of its scope, `NONE` where nothing is held in it. */
  readonly scope: number;
  /** Ids of its held blocks, root first. */
  readonly path: Uint32Array;
}

/** A prompt, or a registered context in its place. @throws WavetuneError as `register`, `registry.unknown-owner`. */
export function targetOf(state: RegistryState, target: Prompt | OwnerKey): Target {
  const { store } = state;
  const spelling =
    'agent' in target ? spellHeld(state, target) : spellPrompt(target, state.options);
  const scope = store.scopes.find(spelling.scopeLabel);
  if (scope === NONE) return { ...spelling, scope, path: new Uint32Array(0) };
  const path = new Uint32Array(spelling.names.length / 2);
  const blocks = store.forest.findPrefix({ ...spelling, scope }, path);
  return { ...spelling, scope, path: path.subarray(0, blocks) };
}

function spellHeld(state: RegistryState, key: OwnerKey): Spelling {
  labelOf(key);
  const [held] = findHeld(state, key);
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
