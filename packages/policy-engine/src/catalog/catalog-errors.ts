import { defineErrors } from '@wavetune/core';

/** What reading catalogs refuses. */
export const catalogError = defineErrors({
  'catalog.unknown-kind': (d: { readonly place: string; readonly known: readonly string[] }) =>
    `${d.place} is none of ${d.known.join(', ')}, which say what kind of catalog it is`,
  'catalog.no-table': (d: {
    readonly path: string;
    readonly table: string | undefined;
    readonly tables: readonly string[];
  }) =>
    `${d.path} ${d.table === undefined ? 'does not have one table' : `has no table ${d.table}`}; ` +
    `it has ${d.tables.join(', ') || 'none'}, named as ${d.path}#table`,
  'catalog.no-items': (d: {
    readonly place: string;
    readonly accepted: readonly string[];
    readonly available: readonly string[];
  }) =>
    `${d.place} has no column of items: accepted are ${d.accepted.join(', ')}; it has ${d.available.join(', ')}`,
  'catalog.no-collection': (d: { readonly place: string }) =>
    `${d.place} names no collection; accepted is mongodb://host:port/database#collection`,
  'catalog.unreachable': (d: { readonly place: string; readonly reason: string }) =>
    `cannot read ${d.place}: ${d.reason}`,
  'catalog.empty': (d: { readonly place: string }) => `no row of ${d.place} names an item`,
});
