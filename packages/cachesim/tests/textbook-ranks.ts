import { createRng } from '@wavetune/core';
import { drawBelow } from '../src/structures/counted-draws.ts';
import type { MakeTextbook } from './textbook-queues.ts';
import { moveToEnd, type TextbookPolicy, takeFirst, takeOut } from './textbook-replay.ts';

/** Evicts the least by `rankOf`; a list in order of last change breaks ties. */
function byRank(
  rankOf: (block: number) => number,
  onUse: (block: number, isNew: boolean) => void,
): TextbookPolicy {
  const list: number[] = [];
  return {
    hit(block) {
      onUse(block, false);
      moveToEnd(list, block);
    },
    insert(block) {
      onUse(block, true);
      list.push(block);
    },
    evict(mayLeave) {
      const able = list.filter(mayLeave);
      if (able.length === 0) return undefined;
      const least = able.reduce((a, b) => (rankOf(b) < rankOf(a) ? b : a));
      takeOut(list, least);
      return least;
    },
  };
}

export const textbookLfu: MakeTextbook = () => {
  const uses = new Map<number, number>();
  return byRank(
    (block) => uses.get(block)!,
    (block, isNew) => void uses.set(block, isNew ? 1 : uses.get(block)! + 1),
  );
};

export const textbookLruK: MakeTextbook = () => {
  const times = new Map<number, number[]>();
  let clock = 0;
  return byRank(
    (block) => {
      const [last, beforeLast] = times.get(block)!.toReversed();
      return beforeLast ?? last - 1e9;
    },
    (block) => void times.set(block, [...(times.get(block) ?? []), ++clock]),
  );
};

/** Decays every weight at every request, as the definition says, instead of weighing forward. */
export const textbookLfuDecay: MakeTextbook = (_capacity, columns) => {
  const uses = new Map<number, number[]>();
  let now = 0;
  const weight = (block: number) =>
    uses.get(block)!.reduce((sum, t) => sum + 0.5 ** ((now - t) / 600_000), 0);
  const policy = byRank(
    (block) => Math.round(weight(block) * 1e9),
    (block, isNew) => void uses.set(block, isNew ? [now] : [...uses.get(block)!, now]),
  );
  return {
    ...policy,
    request(request) {
      now = columns.timeMillis[request];
    },
  };
};

export const textbookGdsf: MakeTextbook = () => {
  const uses = new Map<number, number>();
  const priorities = new Map<number, number>();
  const list: number[] = [];
  let inflation = 0;
  let entry = 0;
  const rank = (block: number, count: number, priority: number) => {
    uses.set(block, count);
    priorities.set(block, priority);
    takeOut(list, block);
    list.push(block);
  };
  return {
    hit: (block) => rank(block, uses.get(block)! + 1, inflation + uses.get(block)! + 1),
    miss() {
      entry = inflation + 1;
    },
    insert: (block) => rank(block, 1, entry),
    evict(mayLeave, incoming) {
      const able = list.filter(mayLeave);
      if (able.length === 0) return undefined;
      const priorityOf = (block: number) => (block === incoming ? entry : priorities.get(block)!);
      const least = [...able, incoming].reduce((a, b) => (priorityOf(b) < priorityOf(a) ? b : a));
      inflation = priorityOf(least);
      if (least === incoming) return undefined;
      takeOut(list, least);
      return least;
    },
  };
};

export const textbookTtl: MakeTextbook = (_capacity, columns) => {
  const list: number[] = [];
  const lastUse = new Map<number, number>();
  let now = 0;
  const use = (block: number) => {
    lastUse.set(block, now);
    takeOut(list, block);
    list.push(block);
  };
  return {
    request(request) {
      now = columns.timeMillis[request];
    },
    hit: use,
    settle: use,
    insert: use,
    evict: (mayLeave) => takeFirst(list, mayLeave),
    expire: (mayLeave) =>
      takeFirst(list, (block) => mayLeave(block) && now - lastUse.get(block)! > 300_000),
  };
};

/** Draws from a bag that a block leaves when it is drawn, held or not, and enters again when it may leave. */
export const textbookRandom: MakeTextbook = () => {
  const bag: number[] = [];
  const key = createRng(1).nextUint32() | 0;
  let draws = 0;
  return {
    hit() {},
    insert: (block) => void bag.push(block),
    evict(mayLeave) {
      if (!bag.some(mayLeave)) return undefined;
      const at = drawBelow(key, draws++, bag.length);
      const block = bag[at];
      const last = bag.pop()!;
      if (last !== block) bag[at] = last;
      return block;
    },
  };
};

export const textbookLirs: MakeTextbook = (capacity) => {
  const stack: number[] = [];
  const queue: number[] = [];
  const gone: number[] = [];
  const lir = new Set<number>();
  const hirLimit = Math.max(1, Math.floor(capacity * 0.01));
  let returned = false;
  const prune = () => {
    while (stack.length > 1 && !lir.has(stack[0])) takeOut(gone, stack.shift()!);
  };
  const demote = () => {
    prune();
    const block = stack.shift()!;
    lir.delete(block);
    queue.push(block);
    prune();
  };
  const promote = (block: number) => {
    lir.add(block);
    prune();
    while (lir.size > capacity - hirLimit) demote();
  };
  const push = (block: number) => {
    takeOut(stack, block);
    stack.push(block);
  };
  const limit = () => {
    while (stack.length > 2 * capacity && gone.length > 0) takeOut(stack, gone.shift()!);
  };
  return {
    hit(block) {
      if (lir.has(block)) {
        push(block);
        prune();
      } else if (stack.includes(block) && capacity > hirLimit) {
        takeOut(queue, block);
        push(block);
        promote(block);
      } else {
        moveToEnd(queue, block);
        push(block);
      }
      limit();
    },
    settle(block) {
      moveToEnd(stack, block);
      moveToEnd(queue, block);
      prune();
    },
    miss(block) {
      returned = takeOut(gone, block);
      if (!returned) return;
      push(block);
      prune();
    },
    insert(block) {
      push(block);
      if (returned && capacity > hirLimit) promote(block);
      else if (lir.size < capacity - hirLimit) lir.add(block);
      else queue.push(block);
      limit();
    },
    evict(mayLeave) {
      let block = takeFirst(queue, mayLeave);
      while (block === undefined && lir.size > 0) {
        demote();
        block = takeFirst(queue, mayLeave);
      }
      if (block !== undefined && stack.includes(block)) gone.push(block);
      return block;
    },
  };
};
