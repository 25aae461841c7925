import { createRng, NONE } from '@wavetune/core';
import { drawBelow } from '../structures/counted-draws.ts';
import { numberOf, type PolicySpec } from './policy.ts';

/** A block drawn uniformly from those that are not held, by a seeded generator. */
export const random: PolicySpec = {
  name: 'random',
  source: 'a baseline',
  parameters: [
    {
      kind: 'number',
      name: 'seed',
      meaning: 'of the generator',
      initial: 1,
      least: 0,
      most: Number.MAX_SAFE_INTEGER,
      whole: true,
    },
  ],
  touch: 'first-to-last',
  create({ columns, held, parameters }) {
    const key = createRng(numberOf(parameters, 'seed')).nextUint32() | 0;
    let draws = 0;
    const distinctBlocks = columns.parents.length;
    const candidates = new Uint32Array(distinctBlocks);
    const places = new Uint32Array(distinctBlocks).fill(NONE);
    let count = 0;
    const add = (block: number): void => {
      places[block] = count;
      candidates[count++] = block;
    };
    const takeOut = (block: number): void => {
      const last = candidates[--count];
      candidates[places[block]] = last;
      places[last] = places[block];
      places[block] = NONE;
    };
    return {
      onHit() {},
      onInsert(block) {
        if (held[block] === 0) add(block);
      },
      onRelease(block) {
        if (places[block] === NONE) add(block);
      },
      evict() {
        while (count > 0) {
          const block = candidates[drawBelow(key, draws++, count)];
          takeOut(block);
          if (held[block] === 0) return block;
        }
        return NONE;
      },
    };
  },
};
