import type { Rng } from '@wavetune/core';

/** Requests of one stretch of traffic. */
export interface Stretch {
  readonly items: readonly string[];
  /** Who asked, as long as `items`; empty where nobody is named. */
  readonly users: readonly string[];
}

export interface DriftTest {
  /** Jensen–Shannon divergence of the two stretches' popularity, in bits, each weighed by its requests. */
  readonly divergence: number;
  /** What shuffled stretches of the same requests have: mean, standard deviation and the largest. */
  readonly noise: { readonly mean: number; readonly deviation: number; readonly most: number };
}

/**
 * How far the popularity of items differs between two stretches, and how far it would by chance.
 *
 * A divergence of samples is never 0: with few requests an item it is mostly noise. So the requests of both stretches are
 * dealt out anew `rounds` times (a permutation test), users whole, since one user's requests go together; a request
 * without a user goes alone. Lin (1991), weighted form.
 *
 * Cost: O(rounds × requests).
 */
export function testDrift(before: Stretch, after: Stretch, rounds: number, rng: Rng): DriftTest {
  const { blocks, itemCount } = blocksOf(before, after);
  const measure = createMeasure(blocks, itemCount);
  const inOrder = blocks.map((_, i) => i);
  const ofBefore = inOrder.filter((i) => blocks[i].isBefore);
  const divergence = measure(ofBefore, Number.POSITIVE_INFINITY);
  const samples: number[] = [];
  for (let round = 0; round < rounds; round++) {
    shuffle(inOrder, rng);
    samples.push(measure(inOrder, before.items.length));
  }
  const mean = samples.reduce((sum, one) => sum + one, 0) / rounds;
  const variance = samples.reduce((sum, one) => sum + (one - mean) ** 2, 0) / rounds;
  return {
    divergence,
    noise: { mean, deviation: Math.sqrt(variance), most: Math.max(...samples) },
  };
}

/** Requests that are dealt out together, as dense item ids. */
interface Block {
  readonly isBefore: boolean;
  readonly items: number[];
}

function blocksOf(before: Stretch, after: Stretch) {
  const ids = new Map<string, number>();
  const blocks: Block[] = [];
  for (const [stretch, isBefore] of [
    [before, true],
    [after, false],
  ] as const) {
    const ofUser = new Map<string, Block>();
    for (const [at, item] of stretch.items.entries()) {
      const user = stretch.users[at];
      let block = user === '' ? undefined : ofUser.get(user);
      if (block === undefined) {
        block = { isBefore, items: [] };
        blocks.push(block);
        if (user !== '') ofUser.set(user, block);
      }
      let id = ids.get(item);
      if (id === undefined) {
        id = ids.size;
        ids.set(item, id);
      }
      block.items.push(id);
    }
  }
  return { blocks, itemCount: ids.size };
}

/**
 * The divergence between the blocks that come first in an order, until they hold `size` requests, and all others.
 *
 * With n log n of every count at hand: N × JSD = Σ f(aᵢ) + Σ f(bᵢ) − Σ f(aᵢ + bᵢ) − f(A) − f(B) + f(N), f(n) = n log₂ n.
 */
function createMeasure(
  blocks: readonly Block[],
  itemCount: number,
): (order: readonly number[], size: number) => number {
  const both = new Uint32Array(itemCount);
  for (const { items } of blocks) for (const item of items) both[item]++;
  const total = both.reduce((sum, count) => sum + count, 0);
  const f = Float64Array.from({ length: total + 1 }, (_, n) => (n === 0 ? 0 : n * Math.log2(n)));
  const ofBoth = both.reduce((sum, count) => sum + f[count], 0);
  const first = new Uint32Array(itemCount);
  return (order, size) => {
    first.fill(0);
    let taken = 0;
    for (const i of order) {
      if (taken >= size) break;
      for (const item of blocks[i].items) first[item]++;
      taken += blocks[i].items.length;
    }
    let sum = f[total] - f[taken] - f[total - taken] - ofBoth;
    for (let item = 0; item < itemCount; item++)
      sum += f[first[item]] + f[both[item] - first[item]];
    return total === 0 ? 0 : Math.max(0, sum / total);
  };
}

/** Fisher and Yates's. */
function shuffle(order: number[], rng: Rng): void {
  for (let last = order.length - 1; last > 0; last--) {
    const other = rng.nextBelow(last + 1);
    [order[last], order[other]] = [order[other], order[last]];
  }
}
