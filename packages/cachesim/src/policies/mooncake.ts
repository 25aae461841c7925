import { NONE } from '@wavetune/core';
import {
  type BlockQueue,
  createBlockQueue,
  dequeue,
  enqueue,
  oldestOf,
  releaseInQueue,
} from '../structures/block-queue.ts';
import { numberOf, type PolicySetting, type PolicySpec } from './policy.ts';

/**
 * Mooncake's store: a use leases a block, near-LRU by the end of the lease. A round of eviction takes a share of the blocks
 * when more than the watermark is in use after a request, or when a block finds no room; a block under lease stays, a
 * soft-pinned one (`inputs.pins`) goes only where no other can, until its pin lapses. With nothing to evict a block is refused.
 *
 * Deviations: rounds run between requests instead of by a timer, and a lapsed pin joins the others as the youngest.
 */
export const mooncake: PolicySpec = {
  name: 'mooncake',
  source:
    'Qin et al., "Mooncake: trading more storage for less computation", FAST 2025; its store’s eviction',
  parameters: [
    seconds('leaseSeconds', 'a block stays that long after a use', 10),
    seconds('softPinSeconds', 'a soft pin lasts that long after a use', 1800),
    share('watermark', 'share of the cache above which a round begins', 0.9),
    share('evictRatio', 'share of the resident blocks that a round takes', 0.05),
  ],
  touch: 'first-to-last',
  create(setting) {
    const store = createStore(setting);
    const { columns, capacityBlocks, parameters } = setting;
    const highBlocks = numberOf(parameters, 'watermark') * capacityBlocks;
    const evictRatio = numberOf(parameters, 'evictRatio');
    const roundSize = (): number => Math.ceil(evictRatio * sizeOf(store));
    let due = 0;
    return {
      onRequest(request) {
        store.now = columns.timeMillis[request];
        due = 0;
        unpinLapsed(store);
      },
      onHit: (block) => use(store, block),
      onInsert: (block) => add(store, block),
      onRelease: (block) => releaseInQueue(queueOf(store, block), block),
      onRequestEnd() {
        due = sizeOf(store) > highBlocks ? roundSize() : 0;
      },
      evict() {
        due = roundSize() - 1;
        return take(store);
      },
      alsoEvict() {
        if (due <= 0) return NONE;
        due--;
        return take(store);
      },
    };
  },
};

interface Store {
  readonly loose: BlockQueue;
  readonly pinned: BlockQueue;
  /** 1 for a block that is soft-pinned whenever it is used. */
  readonly isPin: Uint8Array;
  /** 1 for a block whose pin has not lapsed. */
  readonly inPinned: Uint8Array;
  readonly lastUse: Float64Array;
  readonly leaseMillis: number;
  readonly pinMillis: number;
  now: number;
}

function createStore({ columns, capacityBlocks, held, parameters, inputs }: PolicySetting): Store {
  const distinctBlocks = columns.parents.length;
  const places = new Uint32Array(distinctBlocks);
  const isPin = new Uint8Array(distinctBlocks);
  for (const block of inputs.pins ?? []) isPin[block] = 1;
  return {
    loose: createBlockQueue({ places, maxSize: capacityBlocks, held }),
    pinned: createBlockQueue({ places, maxSize: capacityBlocks, held }),
    isPin,
    inPinned: new Uint8Array(distinctBlocks),
    lastUse: new Float64Array(distinctBlocks),
    leaseMillis: numberOf(parameters, 'leaseSeconds') * 1000,
    pinMillis: numberOf(parameters, 'softPinSeconds') * 1000,
    now: 0,
  };
}

function sizeOf({ loose, pinned }: Store): number {
  return loose.size + pinned.size;
}

function queueOf({ loose, pinned, inPinned }: Store, block: number): BlockQueue {
  return inPinned[block] === 1 ? pinned : loose;
}

function use(store: Store, block: number): void {
  dequeue(queueOf(store, block), block);
  add(store, block);
}

function add(store: Store, block: number): void {
  store.lastUse[block] = store.now;
  store.inPinned[block] = store.isPin[block];
  enqueue(queueOf(store, block), block);
}

function unpinLapsed({ loose, pinned, inPinned, lastUse, pinMillis, now }: Store): void {
  for (let block = oldestOf(pinned); block !== NONE; block = oldestOf(pinned)) {
    if (now - lastUse[block] <= pinMillis) return;
    dequeue(pinned, block);
    inPinned[block] = 0;
    enqueue(loose, block);
  }
}

function take(store: Store): number {
  const block = takeFrom(store, store.loose);
  return block === NONE ? takeFrom(store, store.pinned) : block;
}

function takeFrom({ lastUse, now, leaseMillis }: Store, queue: BlockQueue): number {
  const block = oldestOf(queue);
  if (block === NONE || now - lastUse[block] < leaseMillis) return NONE;
  dequeue(queue, block);
  return block;
}

function seconds(name: string, meaning: string, initial: number) {
  return { kind: 'number', name, meaning, initial, least: 0, most: 1e9 } as const;
}

function share(name: string, meaning: string, initial: number) {
  return { kind: 'number', name, meaning, initial, least: 0, most: 1 } as const;
}
