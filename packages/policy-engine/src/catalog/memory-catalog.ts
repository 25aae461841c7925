import type { Catalog, CatalogItem } from './catalog.ts';
import type { CatalogColumn } from './catalog-columns.ts';
import { indexEmbeddings } from './embedding-index.ts';

/** What was found in the rows of a catalog. */
export interface CatalogReport {
  readonly rows: number;
  readonly items: number;
  /** Rows of an item that came again: the last one counts. */
  readonly repeated: number;
  readonly unnamed: number;
  readonly embeddings: number;
  /** Texts that are no list of as many numbers as the first one's, or of zeros alone. */
  readonly badEmbeddings: number;
}

/** A row as text, null or missing where it has nothing. */
export type CatalogRow = Readonly<Partial<Record<CatalogColumn, string | null>>>;

export interface CatalogBuilder {
  add(row: CatalogRow): void;
  finish(): Promise<{ readonly catalog: Catalog; readonly report: CatalogReport }>;
}

/** Holds every item, and its embedding as 32-bit floats. */
export function createCatalogBuilder(): CatalogBuilder {
  const items = new Map<string, CatalogItem>();
  const embeddings = new Map<string, Float32Array>();
  let dimensions: number | undefined;
  const counts = { rows: 0, repeated: 0, unnamed: 0, badEmbeddings: 0 };

  const addEmbedding = (item: string, text: string): void => {
    const embedding = toUnit(text);
    dimensions ??= embedding?.length;
    if (embedding === undefined || embedding.length !== dimensions) counts.badEmbeddings++;
    else embeddings.set(item, embedding);
  };

  return {
    add({ item, embedding, ...texts }) {
      counts.rows++;
      if (item === undefined || item === null || item === '') {
        counts.unnamed++;
        return;
      }
      if (items.has(item)) counts.repeated++;
      items.set(item, toItem(item, texts));
      embeddings.delete(item);
      if (embedding !== undefined && embedding !== null) addEmbedding(item, embedding);
    },
    async finish() {
      const index = await indexEmbeddings(embeddings);
      const catalog: Catalog = {
        size: items.size,
        find: (item) => items.get(item),
        like: index.like,
      };
      const report = { ...counts, items: items.size, embeddings: embeddings.size };
      return { catalog, report };
    },
  };
}

function toItem(item: string, texts: Omit<CatalogRow, 'item' | 'embedding'>): CatalogItem {
  const given = Object.entries(texts).filter(([, text]) => text !== null && text !== '');
  return { item, ...Object.fromEntries(given) };
}

/** The direction of `[0.1, 0.2, …]`; undefined where it has none. */
function toUnit(text: string): Float32Array | undefined {
  const numbers = parseNumbers(text);
  const length = Math.hypot(...(numbers ?? []));
  if (numbers === undefined || !Number.isFinite(length) || length === 0) return undefined;
  return Float32Array.from(numbers, (number) => number / length);
}

function parseNumbers(text: string): readonly number[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isNumbers = Array.isArray(value) && value.every((one) => typeof one === 'number');
    return isNumbers ? value : undefined;
  } catch {
    return undefined;
  }
}
