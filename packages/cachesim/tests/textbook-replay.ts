import { type TraceColumns, tokensOfPrefix } from '@wavetune/core';

/** A policy as a textbook has it: lists, and a test of which blocks may leave. */
export interface TextbookPolicy {
  request?(request: number): void;
  hit(block: number): void;
  miss?(block: number): void;
  /** Forgets and returns a block that `mayLeave`, or undefined to refuse `incoming`. */
  evict(mayLeave: (block: number) => boolean, incoming: number): number | undefined;
  insert(block: number): void;
  /** Makes `block` the youngest, without counting a use. */
  settle?(block: number): void;
  /** Blocks that leave on their own. */
  expire?(mayLeave: (block: number) => boolean): number | undefined;
}

export interface TextbookRun {
  readonly columns: TraceColumns;
  readonly capacity: number;
  readonly mode: 'closed' | 'free' | 'loose';
  readonly leafFirst: boolean;
  readonly policy: TextbookPolicy;
}

/** Hit blocks, hit tokens and evictions over the whole trace, by sets and lists alone. */
export function textbookReplay({ columns, capacity, mode, leafFirst, policy }: TextbookRun) {
  const resident = new Set<number>();
  const tally = { hitBlocks: 0, hitTokens: 0, evictions: 0 };
  let running: readonly number[] = [];
  const mayLeave = (block: number): boolean => {
    if (mode !== 'closed') return true;
    return !running.includes(block) && ![...resident].some((r) => columns.parents[r] === block);
  };
  const drop = (block: number): void => {
    if (!resident.delete(block)) throw new Error(`${block} left twice`);
    tally.evictions++;
  };
  const expire = (): void => {
    for (let b = policy.expire?.(mayLeave); b !== undefined; b = policy.expire?.(mayLeave)) drop(b);
  };
  const place = (block: number): boolean => {
    policy.miss?.(block);
    while (resident.size >= capacity) {
      const victim = policy.evict(mayLeave, block);
      if (victim === undefined) return false;
      drop(victim);
    }
    resident.add(block);
    policy.insert(block);
    return true;
  };
  const inOrder = (chain: readonly number[]) => (leafFirst ? chain.toReversed() : chain);

  for (let r = 0; r < columns.inputTokens.length; r++) {
    const chain = [...columns.blocks.subarray(columns.offsets[r], columns.offsets[r + 1])];
    policy.request?.(r);
    expire();
    const broken = chain.findIndex((block) => !resident.has(block));
    const prefix = broken < 0 ? chain.length : broken;
    if (mode === 'closed') {
      running = chain;
      for (const block of inOrder(chain.slice(0, prefix))) policy.hit(block);
      for (const block of chain.slice(prefix)) if (!place(block)) break;
      for (const block of chain.toReversed()) if (resident.has(block)) policy.settle?.(block);
      running = [];
    } else {
      const visited = mode === 'loose' ? chain : inOrder(chain);
      for (const block of visited) {
        if (!resident.has(block)) {
          place(block);
          continue;
        }
        policy.hit(block);
        if (mode === 'free') continue;
        const depth = chain.indexOf(block);
        tally.hitBlocks++;
        tally.hitTokens +=
          tokensOfPrefix(columns, r, depth + 1) - tokensOfPrefix(columns, r, depth);
      }
    }
    if (mode === 'loose') continue;
    tally.hitBlocks += prefix;
    tally.hitTokens += tokensOfPrefix(columns, r, prefix);
  }
  return tally;
}

/** The first of `list`, oldest first, that may leave, taken out. */
export function takeFirst(
  list: number[],
  mayLeave: (block: number) => boolean,
): number | undefined {
  const at = list.findIndex(mayLeave);
  return at < 0 ? undefined : list.splice(at, 1)[0];
}

/** Takes `block` out of `list`; whether it was there. */
export function takeOut(list: number[], block: number): boolean {
  const at = list.indexOf(block);
  if (at >= 0) list.splice(at, 1);
  return at >= 0;
}

/** Makes `block` the youngest of `list` if it is there. */
export function moveToEnd(list: number[], block: number): void {
  if (takeOut(list, block)) list.push(block);
}
