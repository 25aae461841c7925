import type { Engine } from '@wavetune/engine';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCatalog } from '../src/index.ts';
import { hasMongo, type MongoServer, startMongo } from './support/mongo-server.ts';

/** No plan is asked for documents. */
const NO_ENGINE = {} as Engine;

describe.skipIf(!hasMongo())('readCatalog, from MongoDB', () => {
  let server: MongoServer;
  beforeAll(async () => {
    server = await startMongo();
    const client = new MongoClient(server.url);
    const shop = client.db('shop');
    await shop
      .collection('items')
      .insertMany([
        { sku: 42, title: 'Red shoe', category: 'shoes', embedding: [1, 0], price: 9 },
        { sku: '43', title: 'Blue shoe', brand: 'Acme', embedding: [0.9, 0.1] },
        { sku: 44n, title: null, embedding: 'none' },
        { title: 'Nameless' },
      ]);
    await shop
      .collection('many')
      .insertMany(
        Array.from({ length: 2500 }, (_, i) => ({ _id: `k${i}` as never, name: `Item ${i}` })),
      );
    await client.close();
  });
  afterAll(() => server.stop());

  it('reads documents by the usual names of their fields', async () => {
    const { catalog, report } = await readCatalog(`${server.url}/shop#items`, NO_ENGINE);
    expect(catalog.find('42')).toEqual({ item: '42', title: 'Red shoe', category: 'shoes' });
    expect(catalog.find('43')).toEqual({ item: '43', title: 'Blue shoe', brand: 'Acme' });
    expect(catalog.find('44')).toEqual({ item: '44' });
    expect(catalog.like('42', 5)).toEqual(['43']);
    expect(report).toEqual({
      rows: 4,
      items: 3,
      repeated: 0,
      unnamed: 1,
      embeddings: 2,
      badEmbeddings: 1,
    });
  });

  it('reads collections of many batches, by their _id where no field names items', async () => {
    const { catalog, report } = await readCatalog(`${server.url}/shop#many`, NO_ENGINE);
    expect(report.items).toBe(2500);
    expect(catalog.find('k2499')).toEqual({ item: 'k2499', title: 'Item 2499' });
  });

  it.each([
    ['catalog.no-items', '/shop#nothing'],
    ['catalog.no-collection', '/shop'],
  ])('refuses as %s: %s', async (code, place) => {
    await expect(readCatalog(`${server.url}${place}`, NO_ENGINE)).rejects.toThrow(code);
  });

  it('never shows a password', async () => {
    const wrong = 'mongodb://user:secret@127.0.0.1:nowhere/shop#items';
    const failure = await readCatalog(wrong, NO_ENGINE).catch((error: Error) => error);
    expect(String(failure)).toContain(
      'catalog.unreachable: cannot read mongodb://127.0.0.1:nowhere/shop#items',
    );
    expect(String(failure)).not.toContain('secret');
  });
});
