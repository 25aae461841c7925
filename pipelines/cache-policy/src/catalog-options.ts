import type { OptionsOf, OptionTable, Session } from '@wavetune/cli';
import { formatCount } from '@wavetune/core';
import { LOG_OPTIONS, withEngine } from '@wavetune/log-input';
import { type Catalog, EMPTY_CATALOG, readCatalog } from '@wavetune/policy-engine';

/** Where a catalog of items is. */
export const CATALOG_OPTIONS = {
  catalog: {
    type: 'string',
    describe:
      'What is known of items: items.parquet, items.csv, items.duckdb#table or mongodb:…#collection',
  },
  'engine-memory': LOG_OPTIONS['engine-memory'],
} as const satisfies OptionTable;

/** The catalog in memory; one that knows no item where none is named. */
export async function openCatalog(
  raw: OptionsOf<typeof CATALOG_OPTIONS>,
  session: Session,
): Promise<Catalog> {
  const { catalog: place, 'engine-memory': memory } = raw;
  if (place === undefined) return EMPTY_CATALOG;
  const { catalog, place: shown } = await withEngine(
    { 'engine-memory': memory, threads: 1 },
    session,
    (engine) => readCatalog(place, engine),
  );
  session.note(`catalog    ${formatCount(catalog.size)} items of ${shown}`);
  return catalog;
}
