import type { TraceColumns } from '@wavetune/core';
import { addToSketch, createFrequencySketch, estimate } from '../src/policies/frequency-sketch.ts';
import { moveToEnd, type TextbookPolicy, takeFirst, takeOut } from './textbook-replay.ts';

export type MakeTextbook = (capacity: number, columns: TraceColumns) => TextbookPolicy;

export const textbookFifo: MakeTextbook = () => {
  const list: number[] = [];
  return {
    hit() {},
    insert: (block) => void list.push(block),
    evict: (mayLeave) => takeFirst(list, mayLeave),
  };
};

export const textbookLru: MakeTextbook = () => {
  const list: number[] = [];
  const touch = (block: number) => moveToEnd(list, block);
  return {
    hit: touch,
    settle: touch,
    insert: (block) => void list.push(block),
    evict: (mayLeave) => takeFirst(list, mayLeave),
  };
};

export const textbookClock: MakeTextbook = () => {
  const list: number[] = [];
  const referenced = new Set<number>();
  return {
    hit: (block) => void referenced.add(block),
    insert: (block) => void list.push(block),
    evict(mayLeave) {
      for (;;) {
        const block = takeFirst(list, mayLeave);
        if (block === undefined || !referenced.delete(block)) return block;
        list.push(block);
      }
    },
  };
};

export const textbookSieve: MakeTextbook = () => {
  const list: number[] = [];
  const visited = new Set<number>();
  let hand = 0;
  return {
    hit: (block) => void visited.add(block),
    insert: (block) => void list.push(block),
    evict(mayLeave) {
      if (!list.some(mayLeave)) return undefined;
      for (; ; hand++) {
        if (hand >= list.length) hand = 0;
        if (!mayLeave(list[hand]) || visited.delete(list[hand])) continue;
        const [block] = list.splice(hand, 1);
        if (hand === list.length) hand = 0;
        return block;
      }
    },
  };
};

export const textbookS3Fifo =
  (spills: boolean): MakeTextbook =>
  (capacity) => {
    const small: number[] = [];
    const main: number[] = [];
    const ghost: number[] = [];
    const uses = new Map<number, number>();
    const smallLimit = Math.max(1, Math.floor(capacity * 0.1));
    const ghostLimit = Math.floor(capacity * 0.9);
    let evicted = false;
    let returned = false;
    const fromSmall = (mayLeave: (block: number) => boolean): number | undefined => {
      for (;;) {
        const block = takeFirst(small, mayLeave);
        if (block === undefined) return undefined;
        if (uses.get(block)! >= 2) {
          uses.set(block, 0);
          main.push(block);
          continue;
        }
        if (ghostLimit > 0 && ghost.length === ghostLimit) ghost.shift();
        if (ghostLimit > 0) ghost.push(block);
        return block;
      }
    };
    const fromMain = (mayLeave: (block: number) => boolean): number | undefined => {
      for (;;) {
        const block = takeFirst(main, mayLeave);
        if (block === undefined || uses.get(block) === 0) return block;
        uses.set(block, Math.min(uses.get(block)!, 3) - 1);
        main.push(block);
      }
    };
    return {
      hit: (block) => void uses.set(block, uses.get(block)! + 1),
      miss(block) {
        returned = takeOut(ghost, block);
      },
      insert(block) {
        uses.set(block, 0);
        const toMain = returned || (spills && !evicted && small.length >= smallLimit);
        (toMain ? main : small).push(block);
      },
      evict(mayLeave) {
        evicted = true;
        const [first, second] =
          main.length > capacity - smallLimit || small.length === 0
            ? [fromMain, fromSmall]
            : [fromSmall, fromMain];
        return first(mayLeave) ?? second(mayLeave);
      },
    };
  };

export const textbookTwoQ: MakeTextbook = (capacity) => {
  const incoming: number[] = [];
  const main: number[] = [];
  const out: number[] = [];
  const outLimit = Math.floor(capacity * 0.5);
  let returned = false;
  const fromIncoming = (mayLeave: (block: number) => boolean): number | undefined => {
    const block = takeFirst(incoming, mayLeave);
    if (block !== undefined) out.push(block);
    if (out.length > outLimit) out.shift();
    return block;
  };
  const touch = (block: number) => moveToEnd(main, block);
  return {
    hit: touch,
    settle: touch,
    miss(block) {
      returned = takeOut(out, block);
    },
    insert: (block) => void (returned ? main : incoming).push(block),
    evict(mayLeave) {
      if (incoming.length > Math.floor(capacity * 0.25) || main.length === 0) {
        return fromIncoming(mayLeave) ?? takeFirst(main, mayLeave);
      }
      return takeFirst(main, mayLeave) ?? fromIncoming(mayLeave);
    },
  };
};

export const textbookSlru: MakeTextbook = (capacity) => {
  const count = Math.min(4, capacity);
  const limit = Math.floor(capacity / count);
  const segments: number[][] = Array.from({ length: count }, () => []);
  return {
    hit(block) {
      const from = segments.findIndex((segment) => segment.includes(block));
      const to = Math.min(from + 1, count - 1);
      takeOut(segments[from], block);
      segments[to].push(block);
      for (let at = to; at > 0; at--) {
        if (segments[at].length > limit) segments[at - 1].push(segments[at].shift()!);
      }
    },
    settle(block) {
      for (const segment of segments) moveToEnd(segment, block);
    },
    insert(block) {
      (segments.find((segment) => segment.length < limit) ?? segments[0]).push(block);
    },
    evict(mayLeave) {
      for (const segment of segments) {
        const block = takeFirst(segment, mayLeave);
        if (block !== undefined) return block;
      }
      return undefined;
    },
  };
};

export const textbookArc: MakeTextbook = (capacity) => {
  const t1: number[] = [];
  const t2: number[] = [];
  const b1: number[] = [];
  const b2: number[] = [];
  let p = 0;
  let ghost: 'none' | 'b1' | 'b2' = 'none';
  const replace = (mayLeave: (block: number) => boolean): number | undefined => {
    const t1First =
      t2.length === 0 || (t1.length > 0 && (t1.length > p || (t1.length === p && ghost === 'b2')));
    for (const [list, memory] of t1First
      ? [
          [t1, b1],
          [t2, b2],
        ]
      : [
          [t2, b2],
          [t1, b1],
        ]) {
      const block = takeFirst(list, mayLeave);
      if (block === undefined) continue;
      memory.push(block);
      return block;
    }
    return undefined;
  };
  return {
    hit(block) {
      if (!takeOut(t1, block)) takeOut(t2, block);
      t2.push(block);
    },
    settle(block) {
      moveToEnd(t1, block);
      moveToEnd(t2, block);
    },
    miss(block) {
      ghost = b1.includes(block) ? 'b1' : b2.includes(block) ? 'b2' : 'none';
      if (ghost === 'b1') p = Math.min(capacity, p + Math.max(b2.length / b1.length, 1));
      if (ghost === 'b2') p = Math.max(0, p - Math.max(b1.length / b2.length, 1));
      takeOut(b1, block);
      takeOut(b2, block);
    },
    insert: (block) => void (ghost === 'none' ? t1 : t2).push(block),
    evict(mayLeave) {
      if (ghost !== 'none') return replace(mayLeave);
      if (t1.length + b1.length >= capacity) {
        if (b1.length === 0) return takeFirst(t1, mayLeave) ?? replace(mayLeave);
        b1.shift();
      } else if (t1.length + t2.length + b1.length + b2.length >= 2 * capacity) {
        b2.shift();
      }
      return replace(mayLeave);
    },
  };
};

/** With the sketch of the policy: its errors are part of the answer. */
export const textbookWTinyLfu: MakeTextbook = (capacity, columns) => {
  const window: number[] = [];
  const probation: number[] = [];
  const guarded: number[] = [];
  const distinct = columns.parents.length;
  const sketch = createFrequencySketch(Math.min(capacity, distinct), distinct);
  const windowLimit = Math.max(1, Math.floor(capacity * 0.01));
  const guardedLimit = Math.floor((capacity - windowLimit) * 0.8);
  return {
    hit(block) {
      addToSketch(sketch, block);
      if (!takeOut(probation, block)) {
        moveToEnd(window, block);
        moveToEnd(guarded, block);
        return;
      }
      guarded.push(block);
      while (guarded.length > guardedLimit) probation.push(guarded.shift()!);
    },
    settle(block) {
      for (const list of [window, probation, guarded]) moveToEnd(list, block);
    },
    miss: (block) => addToSketch(sketch, block),
    insert(block) {
      window.push(block);
      while (window.length > windowLimit) probation.push(window.shift()!);
    },
    evict(mayLeave) {
      const candidate = window.find(mayLeave);
      const victim = probation.find(mayLeave) ?? guarded.find(mayLeave);
      const isLost = (newcomer: number, resident: number): boolean =>
        window.length >= windowLimit && estimate(sketch, newcomer) <= estimate(sketch, resident);
      if (candidate !== undefined && (victim === undefined || isLost(candidate, victim))) {
        takeOut(window, candidate);
        return candidate;
      }
      if (victim === undefined) return undefined;
      if (candidate !== undefined && window.length >= windowLimit) {
        takeOut(window, candidate);
        probation.push(candidate);
      }
      if (!takeOut(probation, victim)) takeOut(guarded, victim);
      return victim;
    },
  };
};
