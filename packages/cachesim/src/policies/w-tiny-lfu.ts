import { NONE } from '@wavetune/core';
import {
  type BlockQueue,
  createBlockQueue,
  dequeue,
  eldestOf,
  enqueue,
  oldestOf,
  releaseInQueue,
  renew,
} from '../structures/block-queue.ts';
import {
  addToSketch,
  createFrequencySketch,
  estimate,
  type FrequencySketch,
} from './frequency-sketch.ts';
import { numberOf, type PolicySetting, type PolicySpec } from './policy.ts';

/** Which queue a block is in. */
const WINDOW = 0;
const PROBATION = 1;
const PROTECTED = 2;

/**
 * A small LRU window in front of a segmented LRU; what leaves the window stays only if a sketch of all requests saw it more
 * often than the main part's victim.
 *
 * The window is fixed (no hill climbing), the sketch counts every request of a block, present or not, and a tie is decided
 * against the newcomer. Where one side has no block that may leave, the other gives one.
 */
export const wTinyLfu: PolicySpec = {
  name: 'w-tinylfu',
  source:
    'Einziger, Friedman and Manes, "TinyLFU: a highly efficient cache admission policy", 2017',
  parameters: [
    {
      kind: 'number',
      name: 'windowRatio',
      meaning: 'share of the window; at least one block',
      initial: 0.01,
      least: 0,
      most: 1,
    },
    {
      kind: 'number',
      name: 'protectedRatio',
      meaning: 'share of the protected segment in the main part',
      initial: 0.8,
      least: 0,
      most: 1,
    },
  ],
  touch: 'last-to-first',
  create(setting) {
    const parts = createParts(setting);
    const { queues, home, sketch } = parts;
    return {
      onHit(block) {
        addToSketch(sketch, block);
        if (home[block] === PROBATION) {
          move(parts, block, PROTECTED);
          demoteOverflow(parts);
        } else {
          renew(queues[home[block]], block);
        }
      },
      onMiss: (block) => addToSketch(sketch, block),
      onInsert(block) {
        home[block] = WINDOW;
        enqueue(queues[WINDOW], block);
        while (queues[WINDOW].size > parts.windowLimit) {
          move(parts, eldestOf(queues[WINDOW]), PROBATION);
        }
      },
      onSettle: (block) => renew(queues[home[block]], block),
      onRelease: (block) => releaseInQueue(queues[home[block]], block),
      evict() {
        const block = pickLoser(parts);
        if (block !== NONE) dequeue(queues[home[block]], block);
        return block;
      },
    };
  },
};

interface TinyLfuParts {
  readonly queues: readonly [BlockQueue, BlockQueue, BlockQueue];
  readonly home: Uint8Array;
  readonly sketch: FrequencySketch;
  readonly windowLimit: number;
  readonly protectedLimit: number;
}

function createParts({ columns, capacityBlocks, held, parameters }: PolicySetting): TinyLfuParts {
  const distinctBlocks = columns.parents.length;
  const places = new Uint32Array(distinctBlocks);
  const windowLimit = Math.max(1, Math.floor(capacityBlocks * numberOf(parameters, 'windowRatio')));
  const protectedLimit = Math.floor(
    (capacityBlocks - windowLimit) * numberOf(parameters, 'protectedRatio'),
  );
  const queue = (maxSize: number) => createBlockQueue({ places, maxSize, held });
  return {
    queues: [queue(windowLimit + 1), queue(capacityBlocks), queue(protectedLimit + 1)],
    home: new Uint8Array(distinctBlocks),
    sketch: createFrequencySketch(Math.min(capacityBlocks, distinctBlocks), distinctBlocks),
    windowLimit,
    protectedLimit,
  };
}

function move({ queues, home }: TinyLfuParts, block: number, to: 0 | 1 | 2): void {
  dequeue(queues[home[block]], block);
  home[block] = to;
  enqueue(queues[to], block);
}

function demoteOverflow(parts: TinyLfuParts): void {
  const { queues, protectedLimit } = parts;
  while (queues[PROTECTED].size > protectedLimit) {
    move(parts, eldestOf(queues[PROTECTED]), PROBATION);
  }
}

/** The window's candidate against the main part's victim, when the window is full; the winner goes on to probation. */
function pickLoser(parts: TinyLfuParts): number {
  const { queues, sketch, windowLimit } = parts;
  const candidate = oldestOf(queues[WINDOW]);
  const probation = oldestOf(queues[PROBATION]);
  const victim = probation === NONE ? oldestOf(queues[PROTECTED]) : probation;
  if (victim === NONE) return candidate;
  if (candidate === NONE || queues[WINDOW].size < windowLimit) return victim;
  if (estimate(sketch, candidate) <= estimate(sketch, victim)) return candidate;
  move(parts, candidate, PROBATION);
  return victim;
}
