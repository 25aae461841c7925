import { canonicalJson } from '@wavetune/core';
import type { Catalog } from '../catalog/catalog.ts';

/** Where the values come from that are loaded into the cache. */
export interface ValueSource {
  /** The value of a key; undefined where there is none. Never asked for a key outside the namespace. */
  valueOf(key: string): string | undefined | Promise<string | undefined>;
}

/** What a catalog says of the item behind a key, as JSON with sorted keys. */
export function catalogValues(catalog: Catalog, namespace: string): ValueSource {
  return {
    valueOf: (key) => {
      const item = catalog.find(key.slice(namespace.length));
      return item && canonicalJson({ ...item });
    },
  };
}
