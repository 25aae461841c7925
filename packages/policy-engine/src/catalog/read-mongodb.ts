import type { MongoClient as Client, Collection } from 'mongodb';
import { type CatalogColumns, findCatalogColumns } from './catalog-columns.ts';
import { catalogError } from './catalog-errors.ts';
import type { CatalogRow } from './memory-catalog.ts';
import { plainText } from './plain-text.ts';

const ADDRESS = /^(mongodb(?:\+srv)?:\/\/[^#]+)#(.+)$/;

/** Documents in which names of fields are looked for; chosen. */
const SAMPLED_DOCUMENTS = 100;

const PATIENCE = { serverSelectionTimeoutMS: 10_000, socketTimeoutMS: 60_000 } as const;

/** True for addresses of MongoDB, which `readMongodb` reads. */
export function isMongodb(place: string): boolean {
  return /^mongodb(\+srv)?:\/\//.test(place);
}

/** The address without whoever signs in. */
export function withoutPassword(place: string): string {
  return place.replace(/^([a-z+]+:\/\/)[^/]*@/, '$1');
}

/**
 * The documents of a collection, `mongodb://host/database#collection`, in the collection's order. Fields are found by
 * their usual names in the first documents; `_id` is the item where no other is.
 *
 * @throws WavetuneError `catalog.no-collection`, `catalog.no-items`, `catalog.unreachable`.
 */
export async function* readMongodb(place: string): AsyncGenerator<CatalogRow> {
  const shown = withoutPassword(place);
  const [, url, collection] = ADDRESS.exec(place) ?? [];
  if (url === undefined) throw catalogError('catalog.no-collection', { place: shown });
  // Loaded only where a catalog lies there: the driver takes a while.
  const { MongoClient } = await import('mongodb');
  let client: Client | undefined;
  try {
    client = new MongoClient(url, PATIENCE);
    yield* documentsOf(client.db().collection(collection), shown);
  } catch (cause) {
    if (!isFailureOfMongodb(cause)) throw cause;
    const reason = plainText(cause.message, 200);
    throw catalogError('catalog.unreachable', { place: shown, reason }, { cause });
  } finally {
    await client?.close();
  }
}

async function* documentsOf(collection: Collection, place: string): AsyncGenerator<CatalogRow> {
  const sample = await collection.find().limit(SAMPLED_DOCUMENTS).toArray();
  const fields = [...new Set(sample.flatMap((document) => Object.keys(document)))];
  const columns = findCatalogColumns(place, fields);
  const projection = Object.fromEntries(Object.values(columns).map((name) => [name, 1]));
  for await (const document of collection.find({}, { projection })) yield toRow(document, columns);
}

function toRow(document: Readonly<Record<string, unknown>>, columns: CatalogColumns): CatalogRow {
  return Object.fromEntries(
    Object.entries(columns).map(([column, name]) => [column, toText(document[name])]),
  );
}

/** Lists as JSON; all else, an ObjectId too, as it writes itself. */
function toText(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  return Array.isArray(value) ? JSON.stringify(value) : String(value);
}

/** Errors of the driver, an address that it does not understand among them. */
function isFailureOfMongodb(cause: unknown): cause is Error {
  return cause instanceof Error && /^Mongo/.test(cause.name);
}
