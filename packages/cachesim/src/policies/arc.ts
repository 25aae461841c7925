import { NONE } from '@wavetune/core';
import {
  type BlockQueue,
  createBlockQueue,
  dequeue,
  dequeueOldest,
  eldestOf,
  enqueue,
  releaseInQueue,
  renew,
} from '../structures/block-queue.ts';
import type { PolicySetting, PolicySpec } from './policy.ts';

/** Where a block is: in the cache once (T1) or more often (T2), or remembered from there (B1, B2). */
const ABSENT = 0;
const ONCE = 1;
const OFTEN = 2;
const ONCE_GHOST = 3;
const OFTEN_GHOST = 4;

/**
 * Two LRU lists, of blocks seen once and seen more often, and a memory of what each lost that moves the border between them.
 *
 * The target of T1 is a real number and moves by max(other ghost / this ghost, 1), with the sizes before the block leaves
 * its ghost list. Where the list to evict from holds only held blocks, the other gives one.
 */
export const arc: PolicySpec = {
  name: 'arc',
  source: 'Megiddo and Modha, "ARC: a self-tuning, low overhead replacement cache", FAST 2003',
  parameters: [],
  touch: 'last-to-first',
  create(setting) {
    const lists = createLists(setting);
    const { once, often, onceGhost, oftenGhost, home } = lists;
    let cameFrom = ABSENT;
    return {
      onHit(block) {
        dequeue(home[block] === ONCE ? once : often, block);
        home[block] = OFTEN;
        enqueue(often, block);
      },
      onMiss(block) {
        cameFrom = home[block];
        if (cameFrom === ABSENT) return;
        adapt(lists, cameFrom);
        dequeue(cameFrom === ONCE_GHOST ? onceGhost : oftenGhost, block);
        home[block] = ABSENT;
      },
      onInsert(block) {
        home[block] = cameFrom === ABSENT ? ONCE : OFTEN;
        enqueue(cameFrom === ABSENT ? once : often, block);
      },
      onSettle: (block) => renew(home[block] === ONCE ? once : often, block),
      onRelease: (block) => releaseInQueue(home[block] === ONCE ? once : often, block),
      evict() {
        if (cameFrom !== ABSENT) return replace(lists, cameFrom === OFTEN_GHOST);
        if (once.size + onceGhost.size >= lists.capacity) {
          if (onceGhost.size === 0) return dropFromOnce(lists);
          forget(lists, onceGhost);
        } else if (
          once.size + often.size + onceGhost.size + oftenGhost.size >=
          2 * lists.capacity
        ) {
          forget(lists, oftenGhost);
        }
        return replace(lists, false);
      },
    };
  },
};

interface ArcLists {
  readonly once: BlockQueue;
  readonly often: BlockQueue;
  readonly onceGhost: BlockQueue;
  readonly oftenGhost: BlockQueue;
  readonly home: Uint8Array;
  readonly capacity: number;
  /** Wanted size of T1. */
  target: number;
}

function createLists({ columns, capacityBlocks, held }: PolicySetting): ArcLists {
  const places = new Uint32Array(columns.parents.length);
  const ghost = { places, held: undefined };
  const data = { places, maxSize: capacityBlocks, held };
  return {
    once: createBlockQueue(data),
    often: createBlockQueue(data),
    onceGhost: createBlockQueue({ ...ghost, maxSize: capacityBlocks + 1 }),
    oftenGhost: createBlockQueue({ ...ghost, maxSize: 2 * capacityBlocks }),
    home: new Uint8Array(columns.parents.length),
    capacity: capacityBlocks,
    target: 0,
  };
}

function adapt(lists: ArcLists, ghost: number): void {
  const b1 = lists.onceGhost.size;
  const b2 = lists.oftenGhost.size;
  lists.target =
    ghost === ONCE_GHOST
      ? Math.min(lists.target + Math.max(b2 / b1, 1), lists.capacity)
      : Math.max(lists.target - Math.max(b1 / b2, 1), 0);
}

function forget({ home }: ArcLists, ghost: BlockQueue): void {
  const block = eldestOf(ghost);
  dequeue(ghost, block);
  home[block] = ABSENT;
}

function dropFromOnce(lists: ArcLists): number {
  const block = dequeueOldest(lists.once);
  if (block === NONE) return replace(lists, false);
  lists.home[block] = ABSENT;
  return block;
}

/** The paper's REPLACE. */
function replace(lists: ArcLists, fromOftenGhost: boolean): number {
  const { once, often, target } = lists;
  const onceFirst =
    often.size === 0 ||
    (once.size > 0 && (once.size > target || (once.size === target && fromOftenGhost)));
  const block = onceFirst ? moveToGhost(lists, ONCE) : moveToGhost(lists, OFTEN);
  if (block !== NONE) return block;
  return onceFirst ? moveToGhost(lists, OFTEN) : moveToGhost(lists, ONCE);
}

function moveToGhost({ once, often, onceGhost, oftenGhost, home }: ArcLists, from: number): number {
  const block = dequeueOldest(from === ONCE ? once : often);
  if (block === NONE) return NONE;
  enqueue(from === ONCE ? onceGhost : oftenGhost, block);
  home[block] = from === ONCE ? ONCE_GHOST : OFTEN_GHOST;
  return block;
}
