/** The keys of rows, beside each other, so that a row's are of one cache line: see {@link KEY}. */
export interface RowKeys {
  words: Uint32Array;
}

/** Where in a row's words each part of its key stands, and its parent's text + 1, 0 where it names none. */
export const KEY = { tenant: 0, model: 1, prefix: 2, parent: 3, width: 4 } as const;

/** Rows found by three numbers that no two of them share. */
export interface KeySlots {
  /** Undefined where there is none. */
  readonly find: (tenant: number, model: number, prefix: number) => number | undefined;
  /** Adds the next row, whose key is not there yet and stands among the keys already. */
  readonly add: (row: number) => void;
}

const FIRST_SLOTS = 128;

/** Open addressing, linear probing, loaded by at most 3/4. */
export function createKeySlots(keys: RowKeys): KeySlots {
  /** Row + 1; 0 where there is none. */
  let slots = new Uint32Array(FIRST_SLOTS);
  const put = (row: number): void => {
    const { words } = keys;
    const mask = slots.length - 1;
    const from = row * KEY.width;
    let at = hashOf(words[from], words[from + KEY.model], words[from + KEY.prefix]) & mask;
    while (slots[at] !== 0) at = (at + 1) & mask;
    slots[at] = row + 1;
  };
  return {
    find: (tenant, model, prefix) => {
      const { words } = keys;
      const mask = slots.length - 1;
      for (let at = hashOf(tenant, model, prefix) & mask; slots[at] !== 0; at = (at + 1) & mask) {
        const row = slots[at] - 1;
        const from = row * KEY.width;
        const isKey =
          words[from + KEY.prefix] === prefix &&
          words[from + KEY.tenant] === tenant &&
          words[from + KEY.model] === model;
        if (isKey) return row;
      }
      return undefined;
    },
    add: (row) => {
      if (4 * (row + 1) > 3 * slots.length) {
        slots = new Uint32Array(2 * slots.length);
        for (let other = 0; other < row; other++) put(other);
      }
      put(row);
    },
  };
}

/** Multiply and shift; the odd constants are those of xxHash32. */
function hashOf(tenant: number, model: number, prefix: number): number {
  let hash = Math.imul(prefix, 0x9e3779b1) ^ Math.imul(tenant, 0x85ebca77);
  hash = Math.imul(hash ^ (hash >>> 15) ^ Math.imul(model, 0x27d4eb2f), 0xc2b2ae3d);
  return (hash ^ (hash >>> 13)) >>> 0;
}
