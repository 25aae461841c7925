import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRng } from '@wavetune/core';
import { type Engine, openDatabase, openEngine } from '@wavetune/engine';
import { F64, I64, listOf, scan, TEXT } from '@wavetune/ir';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { indexEmbeddings } from '../src/catalog/embedding-index.ts';
import { isPlainKey, plainText } from '../src/catalog/plain-text.ts';
import { AGGREGATOR_DEFAULTS, createAggregator, readCatalog } from '../src/index.ts';
import { event } from './support/events.ts';

const folder = mkdtempSync(join(tmpdir(), 'wavetune-catalog-'));
const at = (name: string): string => join(folder, name);
let engine: Engine;

const CSV = `id,Name,category,brand,embedding,price
7,"Red shoe, ""fast""",shoes,Acme,"[1, 0]",9
8,Blue shoe,shoes,,"[0.9, 0.1]",8
9,Hat,hats,Acme,"[0, 1]",7
10,Ghost,,,"[1, 0, 0]",1
11,Nothing,,,"[0, 0]",1
,Nameless,,,,1
8,Blue shoe 2,shoes,,"[0.8, 0.1]",8
`;

beforeAll(async () => {
  engine = await openEngine({ threads: 1, memoryLimitBytes: 2 ** 28 });
  writeFileSync(at('items.csv'), CSV);
});
afterAll(async () => {
  await engine.close();
  rmSync(folder, { recursive: true });
});

describe('readCatalog', () => {
  it('reads a CSV file by the usual names of its columns, and says what was wrong with it', async () => {
    const { catalog, report } = await readCatalog(at('items.csv'), engine);
    expect(catalog.find('7')).toEqual({
      item: '7',
      title: 'Red shoe, "fast"',
      category: 'shoes',
      brand: 'Acme',
    });
    expect(catalog.find('8')).toEqual({ item: '8', title: 'Blue shoe 2', category: 'shoes' });
    expect(catalog.find('1')).toBeUndefined();
    expect(catalog.like('7', 2)).toEqual(['8', '9']);
    expect(catalog.like('10', 2)).toEqual([]);
    expect(report).toEqual({
      rows: 7,
      items: 5,
      repeated: 1,
      unnamed: 1,
      embeddings: 3,
      badEmbeddings: 2,
    });
  });

  it('reads the same from Parquet, whatever the types are', async () => {
    const columns = [
      { name: 'id', type: I64 },
      { name: 'Name', type: TEXT },
      { name: 'category', type: TEXT },
      { name: 'brand', type: TEXT },
      { name: 'embedding', type: listOf(F64) },
    ];
    const rows = scan({ format: 'csv', files: [at('items.csv')], columns });
    await engine.writeParquet(rows, at('items.parquet'));
    const fromCsv = await readCatalog(at('items.csv'), engine);
    const fromParquet = await readCatalog(at('items.parquet'), engine);
    expect(fromParquet.report).toEqual(fromCsv.report);
    for (const item of ['7', '8', '9', '10', '11']) {
      expect(fromParquet.catalog.find(item)).toEqual(fromCsv.catalog.find(item));
      expect(fromParquet.catalog.like(item, 2)).toEqual(fromCsv.catalog.like(item, 2));
    }
  });

  it('reads a table of a DuckDB file, by its name where there are several', async () => {
    const path = at('shop.duckdb');
    const database = await openDatabase({
      path,
      access: 'write',
      threads: 1,
      memoryLimitBytes: 2 ** 28,
    });
    await database.transact(async (tables) => {
      await tables.create('items', [
        { name: 'sku', type: I64 },
        { name: 'title', type: TEXT },
      ]);
      await tables.append('items', [
        { type: I64, values: [42n] },
        { type: TEXT, values: ['Answer'] },
      ]);
    });
    await database.close();
    expect((await readCatalog(path, engine)).catalog.find('42')).toEqual({
      item: '42',
      title: 'Answer',
    });
    expect((await readCatalog(`${path}#items`, engine)).report.items).toBe(1);
    await expect(readCatalog(`${path}#users`, engine)).rejects.toThrow(
      `catalog.no-table: ${path} has no table users; it has items`,
    );
  });

  it.each([
    ['catalog.unknown-kind', 'items.xlsx', ''],
    ['catalog.no-items', 'none.csv', 'name,price\nx,1\n'],
    ['catalog.empty', 'empty.csv', 'id,name\n,x\n'],
    ['engine.cannot-read', 'broken.parquet', 'PAR1'],
  ])('refuses as %s: %s', async (code, name, text) => {
    writeFileSync(at(name), text);
    await expect(readCatalog(at(name), engine)).rejects.toThrow(code);
  });

  it('shows planners its texts and the neighbours of hot items', async () => {
    const { catalog } = await readCatalog(at('items.csv'), engine);
    const aggregator = createAggregator({ ...AGGREGATOR_DEFAULTS, catalog });
    aggregator.observe(event({ item: '7', category: '' }), { baseline: false, steered: false });
    const { topItems, topCategories, neighbours } = aggregator.close({ pressure: 0, cached: [] });
    expect(topItems[0]).toMatchObject({ title: 'Red shoe, "fast"', brand: 'Acme' });
    expect(topCategories).toEqual([{ category: 'shoes', events: 1 }]);
    expect(neighbours).toEqual([{ key: 'item:7', like: ['item:8', 'item:9'] }]);
  });
});

describe('indexEmbeddings', () => {
  const clustered = (count: number, dimensions: number) => {
    const rng = createRng(5);
    const centres = Array.from({ length: 20 }, () =>
      Array.from({ length: dimensions }, () => rng.nextFloat() - 0.5),
    );
    return new Map(
      Array.from({ length: count }, (_, i) => {
        const raw = centres[i % 20].map((x) => x + 0.3 * (rng.nextFloat() - 0.5));
        const length = Math.hypot(...raw);
        return [String(i), Float32Array.from(raw, (x) => x / length)] as const;
      }),
    );
  };

  it('finds by its graph what comparing with all finds, and the same each time', async () => {
    const units = clustered(1000, 16);
    const [exact, graph, again] = await Promise.all(
      [1e9, 0, 0].map((graphFrom) => indexEmbeddings(units, graphFrom)),
    );
    let found = 0;
    for (const item of [...units.keys()].slice(0, 100)) {
      const near = new Set(exact.like(item, 10));
      found += graph.like(item, 10).filter((other) => near.has(other)).length;
      expect(again.like(item, 10)).toEqual(graph.like(item, 10));
    }
    expect(found / 1000).toBeGreaterThan(0.95);
  });

  it('gives the nearest first, never the item itself', async () => {
    const vector = fc.tuple(fc.integer({ min: -9, max: 9 }), fc.integer({ min: 1, max: 9 }));
    await fc.assert(
      fc.asyncProperty(
        fc.array(vector, { minLength: 1, maxLength: 20 }),
        fc.nat(8),
        async (vectors, count) => {
          const units = new Map(
            vectors.map(([x, y], i) => [
              `${i}`,
              Float32Array.of(x, y).map((one) => one / Math.hypot(x, y)),
            ]),
          );
          const like = (await indexEmbeddings(units)).like('0', count);
          expect(like).toHaveLength(Math.min(count, vectors.length - 1));
          expect(like).not.toContain('0');
          const cosines = like.map(
            (item) =>
              units.get(item)![0] * units.get('0')![0] + units.get(item)![1] * units.get('0')![1],
          );
          for (const [i, one] of cosines.entries())
            expect(one).toBeLessThanOrEqual((cosines[i - 1] ?? 2) + 1e-6);
        },
      ),
    );
  });
});

describe('plainText', () => {
  it('is one line of at most so many characters that are seen, and stays as it is', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 300 }),
        fc.integer({ min: 1, max: 90 }),
        (text, longest) => {
          const plain = plainText(text, longest);
          expect(plain.length).toBeLessThanOrEqual(longest);
          expect(plain).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
          expect(plainText(plain, longest)).toBe(plain);
          if (plain !== '') expect(isPlainKey(plain)).toBe(true);
        },
      ),
    );
  });

  it('never cuts a character in half', () => {
    expect(plainText('ab😀', 3)).toBe('ab');
    expect(plainText('\u202Eab\u0000\u200Bc\n d', 80)).toBe('ab c d');
  });
});
