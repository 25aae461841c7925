import { NONE } from '@wavetune/core';
import { type Blocks, createBlocks, type Named, ROOT } from './blocks.ts';
import { createRuns, type Runs } from './runs.ts';

/** A prompt's full blocks, hashed, in its scope. */
export interface Spelled extends Named {
  /** Below 2^31. */
  readonly scope: number;
}

/** Where a chain is held: its last block, `NONE` for one without a full block. */
export interface Chain {
  /** Dense id that its owner chose. */
  readonly id: number;
  readonly last: number;
}

/**
 * The prefix forest of what is registered now: every distinct block once, path-compressed into runs, which are the maximal
 * stretches of blocks that exactly the same chains pass through (the cohorts of `buildForest`, kept live).
 *
 * An insertion or removal costs no more than the chain's own length: a run is cut or joined by relabelling its upper part,
 * all of whose blocks the chain passes through.
 */
export interface BlockForest {
  readonly blocks: Blocks;
  readonly runs: Runs;
  /** The blocks of a prompt that are held, root first; writes their ids. @returns how many. */
  findPrefix(prompt: Spelled, out?: Uint32Array): number;
  /**
   * Adds a chain. All that can fail is done before anything changes.
   *
   * @param made - Told of every block that is new, in order from the root.
   */
  insert(id: number, prompt: Spelled, made: (block: number, index: number) => void): Chain;
  /** @param freed - Told of every block that no chain passes any more, before it goes; deepest first. */
  remove(chain: Chain, freed: (block: number) => void): void;
}

export function createBlockForest(blockSize: number): BlockForest {
  const blocks = createBlocks(blockSize);
  const runs = createRuns(blocks);

  const walk = (prompt: Spelled, out: Uint32Array | undefined): Place => {
    const full = prompt.names.length / 2;
    let parent = ROOT + prompt.scope;
    for (let index = 0; index < full; index++) {
      const block = blocks.find(prompt, index, parent);
      if (block === NONE) return { depth: index, parent };
      if (out !== undefined) out[index] = block;
      parent = block;
    }
    return { depth: full, parent };
  };
  return {
    blocks,
    runs,
    findPrefix: (prompt, out) => walk(prompt, out).depth,
    insert(id, prompt, made) {
      const full = prompt.names.length / 2;
      const held = walk(prompt, undefined);
      blocks.reserve(full - held.depth);
      runs.reserve(id + 1);
      if (full === 0) return { id, last: NONE };
      const above = held.depth === 0 ? NONE : runs.cutBelow(held.parent);
      let last = held.parent;
      let run = above;
      if (held.depth < full) {
        run = runs.open(above, full);
        for (let index = held.depth; index < full; index++) {
          last = blocks.add(prompt, index, last);
          blocks.columns.labels[last] = run;
          made(last, index);
        }
        runs.close(run, last);
      }
      runs.enter(run, id);
      return { id, last };
    },
    remove({ id, last }, freed) {
      if (last === NONE) return;
      const run = blocks.columns.labels[last];
      runs.leave(run, id);
      if (runs.counts[run] > 0) {
        runs.joinIfPlain(run);
        return;
      }
      const above = runs.parents[run];
      for (let block = last, left = runs.lengthOf(run); left > 0; left--) {
        const parent = blocks.columns.parents[block];
        freed(block);
        blocks.remove(block);
        block = parent;
      }
      runs.drop(run);
      if (above !== NONE) runs.joinIfPlain(above);
    },
  };
}

interface Place {
  readonly depth: number;
  /** The block at that depth, or the root. */
  readonly parent: number;
}
