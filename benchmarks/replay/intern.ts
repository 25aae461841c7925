/** A 64-bit key a reference, as two words each (low, high): what a log of block hashes holds. */
export function keysOf(ranks: Uint32Array): Uint32Array {
  const keys = new Uint32Array(2 * ranks.length);
  for (let i = 0; i < ranks.length; i++) {
    keys[2 * i] = Math.imul(ranks[i] + 1, 0x9e3779b1);
    keys[2 * i + 1] = Math.imul(ranks[i] + 1, 0x85ebca77) ^ 0x5bd1e995;
  }
  return keys;
}

/** Dense ids in order of first appearance, by open addressing that doubles when it is half full. */
export function denseIds(keys: Uint32Array): Uint32Array {
  const ids = new Uint32Array(keys.length / 2);
  let known = new Uint32Array(2 * 1024);
  let slots = new Uint32Array(4096);
  let count = 0;
  const slotOf = (low: number, high: number): number => {
    const mask = slots.length - 1;
    let at = (low ^ (high >>> 15)) & mask;
    while (slots[at] !== 0) {
      const id = slots[at] - 1;
      if (known[2 * id] === low && known[2 * id + 1] === high) return at;
      at = (at + 1) & mask;
    }
    return at;
  };
  const grow = (): void => {
    const bigger = new Uint32Array(2 * known.length);
    bigger.set(known);
    known = bigger;
    slots = new Uint32Array(2 * slots.length);
    for (let id = 0; id < count; id++) slots[slotOf(known[2 * id], known[2 * id + 1])] = id + 1;
  };
  for (let i = 0; i < ids.length; i++) {
    const low = keys[2 * i];
    const high = keys[2 * i + 1];
    let at = slotOf(low, high);
    if (slots[at] === 0) {
      if (2 * count === known.length) {
        grow();
        at = slotOf(low, high);
      }
      known[2 * count] = low;
      known[2 * count + 1] = high;
      slots[at] = ++count;
    }
    ids[i] = slots[at] - 1;
  }
  return ids;
}
