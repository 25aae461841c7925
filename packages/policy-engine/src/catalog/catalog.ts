/** What is known of items beside their traffic. */
export interface Catalog {
  /** Items known. */
  readonly size: number;
  find(item: string): CatalogItem | undefined;
  /** The items most like this one, the nearest first; none where the item has no embedding. */
  like(item: string, count: number): readonly string[];
}

/** Texts are shown to planners as they stand here: one line each, without control characters, cut short. */
export interface CatalogItem {
  readonly item: string;
  readonly title?: string;
  readonly category?: string;
  readonly brand?: string;
}

/** Knows no item. */
export const EMPTY_CATALOG: Catalog = { size: 0, find: () => undefined, like: () => [] };
