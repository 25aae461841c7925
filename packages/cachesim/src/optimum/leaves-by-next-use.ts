import { NONE } from '@wavetune/core';
import {
  clearPosition,
  createPositionBits,
  lastPosition,
  setPosition,
} from '../structures/position-bits.ts';

/** The leaves that may leave, by the reference that uses them next. */
export interface LeavesByNextUse {
  /** `reference` uses `block` next, `NONE` for never; only while `block` is not a leaf here. */
  setNextUse(block: number, reference: number): void;
  add(block: number): void;
  /** Takes out `block`, if it is here and will be used again. */
  remove(block: number): void;
  /** False also where no leaf may leave. */
  isSoonerThanFarthest(reference: number): boolean;
  /** The leaf used farthest ahead, taken out; there is one. */
  takeFarthest(): number;
}

/**
 * A bit for every reference that is the next use of a leaf, and a stack of the leaves that are never used again: such a
 * leaf stays one, so it only ever leaves by the top of the stack.
 */
export function createLeavesByNextUse(
  blocks: Uint32Array,
  distinctBlocks: number,
  references: number,
): LeavesByNextUse {
  const nextUses = new Uint32Array(distinctBlocks);
  const used = createPositionBits(references);
  const unused = new Uint32Array(distinctBlocks);
  let unusedCount = 0;
  return {
    setNextUse(block, reference) {
      nextUses[block] = reference;
    },
    add(block) {
      if (nextUses[block] === NONE) unused[unusedCount++] = block;
      else setPosition(used, nextUses[block]);
    },
    remove(block) {
      clearPosition(used, nextUses[block]);
    },
    isSoonerThanFarthest(reference) {
      if (unusedCount > 0) return reference !== NONE;
      return reference < lastPosition(used);
    },
    takeFarthest() {
      if (unusedCount > 0) return unused[--unusedCount];
      const reference = lastPosition(used);
      clearPosition(used, reference);
      return blocks[reference];
    },
  };
}
