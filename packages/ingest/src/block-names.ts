import type { InternedBlocks } from '@wavetune/interning';

/** The log's own names of the blocks. */
export interface BlockNames {
  /** The decimal u64 id; `namespace:id` where ids are local to a file; the key's prefix for a key log. */
  readonly nameOf: (block: number) => string;
}

/** From `firstBlock` on, blocks (as interned) belong to `name`. */
export interface Namespace {
  readonly name: string;
  readonly firstBlock: number;
}

/** What names are made of. */
export interface NamedBlocks {
  readonly blocks: InternedBlocks;
  /** Ascending, or empty where ids are shared. */
  readonly namespaces: readonly Namespace[];
  /** Key prefixes by id, for a key log. */
  readonly texts: readonly string[] | undefined;
  readonly internedAs: Uint32Array | undefined;
}

/** Names are made when asked for, from the interner's own words: nothing may be interned afterwards. */
export function createBlockNames(source: NamedBlocks): BlockNames {
  const { blocks, namespaces, texts, internedAs } = source;
  const { words } = blocks;
  return {
    nameOf: (block) => {
      const interned = internedAs === undefined ? block : internedAs[block];
      const lo = words[2 * interned];
      if (texts !== undefined) return texts[lo];
      const id = idText(words, interned);
      return namespaces.length === 0 ? id : `${namespaceOf(namespaces, interned).name}:${id}`;
    },
  };
}

/** The decimal u64 at a pair of words. */
export function idText(words: Uint32Array, pair: number): string {
  return ((BigInt(words[2 * pair + 1]) << 32n) | BigInt(words[2 * pair])).toString();
}

function namespaceOf(namespaces: readonly Namespace[], block: number): Namespace {
  let low = 0;
  let high = namespaces.length;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (namespaces[middle].firstBlock <= block) low = middle;
    else high = middle;
  }
  return namespaces[low];
}
