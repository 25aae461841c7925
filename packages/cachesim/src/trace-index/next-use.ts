import { NONE, sharedUint32 } from '@wavetune/core';

/** Where each reference's block was referenced before and after. */
export interface ReferenceIndex {
  /** Index of the same block's previous reference, `NONE` at its first; shape `[m]`. */
  readonly previous: Uint32Array;
  /** Index of the same block's next reference, `NONE` at its last; shape `[m]`. */
  readonly next: Uint32Array;
}

/**
 * Links the references of each block.
 *
 * Cost: one pass, 8 bytes a reference over shared memory, 4 bytes a block while it runs.
 *
 * @param blocks - Dense ids below `distinctBlocks`, shape `[m]`.
 */
export function linkReferences(blocks: Uint32Array, distinctBlocks: number): ReferenceIndex {
  const previous = sharedUint32(blocks.length);
  const next = sharedUint32(blocks.length).fill(NONE);
  const latest = new Uint32Array(distinctBlocks).fill(NONE);
  for (let i = 0; i < blocks.length; i++) {
    const block = blocks[i];
    const before = latest[block];
    previous[i] = before;
    if (before !== NONE) next[before] = i;
    latest[block] = i;
  }
  return { previous, next };
}
