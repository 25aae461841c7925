import { cast, col, type Plan, project, TEXT } from '@wavetune/ir';
import { catalogError } from './catalog-errors.ts';

const USUAL_NAMES = {
  item: ['item', 'item_id', 'itemid', 'id', 'product_id', 'sku', '_id'],
  title: ['title', 'name', 'product_name'],
  category: ['category', 'category_code', 'category_name', 'category_id'],
  brand: ['brand', 'vendor', 'manufacturer'],
  embedding: ['embedding', 'vector', 'emb'],
} as const;

export type CatalogColumn = keyof typeof USUAL_NAMES;

/** What a catalog calls its columns; those that it has not are left out. */
export type CatalogColumns = Readonly<Partial<Record<CatalogColumn, string>>>;

/**
 * Which columns are which, by their usual names in any case.
 *
 * @throws WavetuneError `catalog.no-items`.
 */
export function findCatalogColumns(place: string, available: readonly string[]): CatalogColumns {
  const found = Object.entries(USUAL_NAMES).flatMap(([column, names]) => {
    const name = names
      .map((usual) => available.find((one) => one.toLowerCase() === usual))
      .find((one) => one !== undefined);
    return name === undefined ? [] : [[column, name] as const];
  });
  const columns: CatalogColumns = Object.fromEntries(found);
  if (columns.item === undefined) {
    throw catalogError('catalog.no-items', { place, accepted: USUAL_NAMES.item, available });
  }
  return columns;
}

/** The columns as text under the names used here, whatever their types are; lists are written `[0.1, 0.2]`. */
export function catalogPlan(rows: Plan, columns: CatalogColumns): Plan {
  const named = Object.entries(columns).map(([column, name]) => [column, cast(col(name), TEXT)]);
  return project(rows, Object.fromEntries(named));
}
