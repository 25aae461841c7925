import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPrefixIndex } from '../src/index/prefix-index.ts';
import { createNumberLists } from '../src/totals/number-lists.ts';
import { rowSlices } from '../src/totals/row-slices.ts';
import { createTextPool } from '../src/totals/text-pool.ts';
import { createTotalsTable } from '../src/totals/totals-table.ts';
import { anyEvent, eventOf, SETTINGS } from './support/events.ts';

/** Of any code units: also above 255, and halves of a pair. */
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc
    .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 6 })
    .map((units) => String.fromCharCode(...units)),
);

describe('createTextPool', () => {
  it('numbers texts as a map does, gives each back as it was, and compares by code units', () => {
    fc.assert(
      fc.property(fc.array(anyText, { maxLength: 200 }), (texts) => {
        const pool = createTextPool();
        const model = new Map<string, number>();
        for (const text of texts) {
          if (!model.has(text)) model.set(text, model.size);
          expect(pool.idOf(text)).toBe(model.get(text));
        }
        const known = [...model.keys()];
        expect(known.map((_, id) => pool.textOf(id))).toEqual(known);
        expect(known.map(pool.find)).toEqual(known.map((_, id) => id));
        expect(pool.find('\ud800 none of them')).toBeUndefined();
        const byPool = known.map((_, id) => id).sort(pool.compare);
        expect(byPool.map((id) => known[id])).toEqual(known.toSorted());
      }),
    );
  });

  it('holds many, and a long one', () => {
    const pool = createTextPool();
    const texts = Array.from({ length: 20_000 }, (_, i) => `prefix ${i}${i % 3 === 0 ? ' я' : ''}`);
    texts.push('x'.repeat(1_000_000));
    texts.forEach((text, i) => {
      expect(pool.idOf(text)).toBe(i);
    });
    expect(texts.every((text, i) => pool.find(text) === i && pool.textOf(i) === text)).toBe(true);
  });
});

describe('createNumberLists', () => {
  it('holds what was set last, whatever the lengths were before', () => {
    const change = fc.tuple(fc.nat(40), fc.array(fc.double({ noNaN: true }), { maxLength: 20 }));
    fc.assert(
      fc.property(fc.array(change, { maxLength: 200 }), (changes) => {
        const lists = createNumberLists();
        const model = Array.from({ length: 100 }, (): readonly number[] => []);
        for (const [row, list] of changes) {
          lists.set(row, list);
          model[row] = list;
        }
        expect(model.map((_, row) => lists.get(row))).toEqual(model);
        const { ends, items } = lists.slice(10, 100);
        expect([...items]).toEqual(model.slice(10).flat());
        expect(ends.at(-1)).toBe(items.length);
      }),
    );
  });

  it('uses the room of lists that moved', () => {
    const lists = createNumberLists();
    for (let round = 0; round < 10_000; round++) {
      lists.set(
        round % 2,
        Array.from({ length: 1 + (round % 8) }, () => round),
      );
    }
    expect(lists.get(0)).toHaveLength(7);
    expect(lists.get(1)).toEqual([9999, 9999, 9999, 9999, 9999, 9999, 9999, 9999]);
    expect(lists.reserved()).toBeLessThanOrEqual(2 * (1 + 2 + 4 + 8));
  });
});

describe('a table of totals', () => {
  it('finds each key under its own tenant and model, and the row of its parent', () => {
    const names = fc.constantFrom('a', 'b', 'c', '');
    const key = fc.record({ tenant: names, model_id: names, prefix_id: names });
    const event = fc.record({ key, parent: fc.option(names, { nil: undefined }) });
    fc.assert(
      fc.property(fc.array(event), key, (drawn, absent) => {
        const table = createTotalsTable(SETTINGS.halfLifeMillis);
        const rows = new Map<string, number>();
        const parents = new Map<string, string>();
        for (const { key: named, parent } of drawn) {
          const text = JSON.stringify(named);
          if (!rows.has(text)) rows.set(text, rows.size);
          const row = table.addEvent({
            ...eventOf(named),
            ...(parent !== undefined && { parent_prefix_id: parent }),
          });
          expect(row).toBe(rows.get(text));
          const known = parents.get(text);
          if (parent !== undefined && (known === undefined || parent > known))
            parents.set(text, parent);
        }
        for (const [text, row] of rows) {
          const named = JSON.parse(text);
          expect(table.find(named)).toBe(row);
          expect(table.isPrefix(named.prefix_id)(row)).toBe(true);
          expect(table.isPrefix(absent.prefix_id)(row)).toBe(named.prefix_id === absent.prefix_id);
          expect([table.tenantOf(row), table.modelOf(row), table.prefixOf(row)]).toEqual([
            named.tenant,
            named.model_id,
            named.prefix_id,
          ]);
          const parent = parents.get(text);
          expect(table.parentOf(row)).toBe(parent);
          const parentKey = JSON.stringify({ ...named, prefix_id: parent });
          expect(table.parentRowOf(row)).toBe(
            parent === undefined ? undefined : rows.get(parentKey),
          );
        }
        expect(table.find(absent)).toBe(rows.get(JSON.stringify(absent)));
      }),
    );
  });

  it('says in slices what it says in whole columns', () => {
    fc.assert(
      fc.property(fc.array(anyEvent), fc.integer({ min: 1, max: 5 }), (events, size) => {
        const table = createTotalsTable(SETTINGS.halfLifeMillis);
        for (const event of events) table.addEvent(event);
        const slices = [...rowSlices(table.columns(), size)];
        const whole = table.columns();
        expect(slices.flatMap(({ prefixes }) => prefixes)).toEqual(whole.prefixes);
        expect(slices.flatMap(({ parents }) => parents)).toEqual(whole.parents);
        expect(slices.flatMap(({ pages }) => pages)).toEqual(whole.pages);
        expect(slices.flatMap(({ latencies }) => latencies)).toEqual(whole.latencies);
        expect(slices.flatMap(({ numbers }) => [...numbers])).toEqual([...whole.numbers]);
      }),
    );
  });
});

describe('the order of an index', () => {
  it('is that of exact masses where their logarithms are the same, and by key where masses are', () => {
    const index = createPrefixIndex({ ...SETTINGS, halfLifeMillis: 1 });
    const bytes = [2 ** 52, 2 ** 52 + 1, 2 ** 52 + 2, 2 ** 52 + 1, 0, 2 ** 52 + 3];
    index.addEvents(
      bytes.map((size, i) => eventOf({ prefix_id: `p${i}`, bytes: size, timestamp_ms: 1.7e12 })),
    );
    index.addEvents([
      eventOf({
        prefix_id: 'half as much, a half-life later',
        bytes: 2 ** 51,
        timestamp_ms: 1.7e12 + 1,
      }),
    ]);
    const names = [...index.best()].map((row) => index.totals().prefixOf(row));
    expect(names).toEqual(['p5', 'p2', 'p1', 'p3', 'half as much, a half-life later', 'p0', 'p4']);
  });
});
