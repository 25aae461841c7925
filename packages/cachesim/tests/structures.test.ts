import { NONE } from '@wavetune/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createBlockHeap,
  lowestOf,
  rankBlock,
  releaseInHeap,
  unrankBlock,
} from '../src/structures/block-heap.ts';
import {
  createBlockQueue,
  dequeue,
  eldestOf,
  enqueue,
  oldestOf,
  releaseInQueue,
} from '../src/structures/block-queue.ts';
import {
  clearPosition,
  createPositionBits,
  firstPositionFrom,
  hasPosition,
  lastPosition,
  setPosition,
} from '../src/structures/position-bits.ts';
import { linkReferences } from '../src/trace-index/next-use.ts';

const BLOCKS = 12;
const steps = fc.array(
  fc.record({
    block: fc.nat(BLOCKS - 1),
    what: fc.constantFrom('toggle', 'hold', 'letGo'),
    priority: fc.nat(4),
  }),
  { maxLength: 300 },
);

describe('positions', () => {
  it('answer as a sorted list would, over several levels', () => {
    const positions = fc.array(fc.nat(40_000), { maxLength: 60 });
    fc.assert(
      fc.property(positions, positions, fc.nat(41_000), (added, removed, from) => {
        const bits = createPositionBits(40_001);
        const members = new Set(added);
        for (const position of added) setPosition(bits, position);
        for (const position of removed) {
          clearPosition(bits, position);
          members.delete(position);
        }
        const sorted = [...members].sort((a, b) => a - b);
        expect(firstPositionFrom(bits, from)).toBe(sorted.find((p) => p >= from) ?? -1);
        expect(lastPosition(bits)).toBe(sorted.at(-1) ?? -1);
        expect(hasPosition(bits, from)).toBe(members.has(from));
      }),
    );
  });
});

describe('a block queue', () => {
  it('gives the oldest block that is not held, as a list would, through compactions', () => {
    fc.assert(
      fc.property(steps, (taken) => {
        const held = new Uint8Array(BLOCKS);
        const places = new Uint32Array(BLOCKS);
        const queue = createBlockQueue({ places, maxSize: BLOCKS, held });
        const list: number[] = [];
        for (const { block, what } of taken) {
          const at = list.indexOf(block);
          if (what === 'hold') held[block] = 1;
          if (what === 'letGo') {
            held[block] = 0;
            if (at >= 0) releaseInQueue(queue, block);
          }
          if (what === 'toggle' && at >= 0) {
            list.splice(at, 1);
            dequeue(queue, block);
          } else if (what === 'toggle') {
            list.push(block);
            enqueue(queue, block);
          }
          expect(oldestOf(queue)).toBe(list.find((b) => held[b] === 0) ?? NONE);
          expect(eldestOf(queue)).toBe(list[0] ?? NONE);
          expect(queue.size).toBe(list.length);
        }
      }),
    );
  });
});

describe('a block heap', () => {
  it('gives the lowest block that is not held, the one ranked first among equals', () => {
    fc.assert(
      fc.property(steps, (taken) => {
        const held = new Uint8Array(BLOCKS);
        const heap = createBlockHeap(BLOCKS, held);
        const list: { block: number; priority: number }[] = [];
        for (const { block, what, priority } of taken) {
          const at = list.findIndex((entry) => entry.block === block);
          if (what === 'hold') held[block] = 1;
          if (what === 'letGo') {
            held[block] = 0;
            if (at >= 0) releaseInHeap(heap, block);
          }
          if (what === 'toggle' && at >= 0) list.splice(at, 1);
          if (what === 'toggle' && at >= 0 && priority === 0) {
            unrankBlock(heap, block);
          } else if (what === 'toggle') {
            rankBlock(heap, block, priority);
            list.push({ block, priority });
          }
          const able = list.filter((entry) => held[entry.block] === 0);
          const least =
            able.length === 0
              ? undefined
              : able.reduce((a, b) => (b.priority < a.priority ? b : a));
          expect(lowestOf(heap)).toBe(least?.block ?? NONE);
        }
      }),
    );
  });
});

describe('linkReferences', () => {
  it('links each reference to the same block’s neighbours', () => {
    const { previous, next } = linkReferences(Uint32Array.of(0, 1, 0, 2, 1, 0), 3);
    expect([...previous]).toEqual([NONE, NONE, 0, NONE, 1, 2]);
    expect([...next]).toEqual([2, 4, 5, NONE, NONE, NONE]);
  });
});
