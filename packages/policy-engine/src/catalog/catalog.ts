/** What is known of items beside their traffic. */
export interface Catalog {
  /** Items known. */
  readonly size: number;
  find(item: string): CatalogItem | undefined;
  /** The items most like this one, the nearest first; none where the item has no embedding. */
  like(item: string, count: number): readonly string[];
}

/** Texts as the catalog has them; planners are shown them cut short and as plain text. */
export interface CatalogItem {
  readonly item: string;
  readonly title?: string;
  readonly category?: string;
  readonly brand?: string;
}

/** Knows no item. */
export const EMPTY_CATALOG: Catalog = { size: 0, find: () => undefined, like: () => [] };
