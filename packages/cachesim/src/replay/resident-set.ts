import { NONE } from '@wavetune/core';
import type { EvictionPolicy } from '../policies/policy.ts';

/** The resident set of one simulation: who is in, who may not leave. */
export interface ResidentSet {
  /** 1 for a resident block; shape `[d]`. */
  readonly resident: Uint8Array;
  /** Non-zero for a block that must stay; shape `[d]`. */
  readonly held: Uint8Array;
  /** Evictions since the beginning. */
  evictions(): number;
  /** Makes room for `block` and places it; false where nothing may leave or the policy refuses it. */
  place(block: number, policy: EvictionPolicy): boolean;
  /** Takes out what the policy gives up of its own accord. */
  sweep(policy: EvictionPolicy): void;
  /** `block` belongs to the running request. */
  hold(block: number): void;
  /** `block` does no more. */
  letGo(block: number, policy: EvictionPolicy): void;
}

/** In `held`: a resident child, or part of the running request. */
const HAS_CHILD = 1;
const RUNNING = 2;

/**
 * At most `capacityBlocks` blocks; where `parents` is given, closed under "parent of".
 *
 * Space: 2 bytes a distinct block, 6 where closed.
 */
export function createResidentSet(
  distinctBlocks: number,
  capacityBlocks: number,
  parents: Uint32Array | undefined,
): ResidentSet {
  const resident = new Uint8Array(distinctBlocks);
  const held = new Uint8Array(distinctBlocks);
  const children = new Uint32Array(parents === undefined ? 0 : distinctBlocks);
  let size = 0;
  let evictions = 0;

  const drop = (block: number, policy: EvictionPolicy): void => {
    resident[block] = 0;
    size--;
    evictions++;
    if (parents === undefined) return;
    const parent = parents[block];
    if (parent === NONE || --children[parent] > 0) return;
    held[parent] &= ~HAS_CHILD;
    if (held[parent] === 0) policy.onRelease(parent);
  };
  const sweep = (policy: EvictionPolicy): void => {
    if (policy.alsoEvict === undefined) return;
    for (let block = policy.alsoEvict(); block !== NONE; block = policy.alsoEvict()) {
      drop(block, policy);
    }
  };

  return {
    resident,
    held,
    evictions: () => evictions,
    sweep,
    place(block, policy) {
      policy.onMiss?.(block);
      if (policy.admits?.(block) === false) return false;
      while (size >= capacityBlocks) {
        const victim = policy.evict(block);
        if (victim === NONE) return false;
        drop(victim, policy);
        sweep(policy);
      }
      resident[block] = 1;
      size++;
      if (parents !== undefined && parents[block] !== NONE) {
        children[parents[block]]++;
        held[parents[block]] |= HAS_CHILD;
      }
      policy.onInsert(block);
      return true;
    },
    hold(block) {
      held[block] |= RUNNING;
    },
    letGo(block, policy) {
      held[block] &= ~RUNNING;
      if (held[block] === 0 && resident[block] === 1) policy.onRelease(block);
    },
  };
}
