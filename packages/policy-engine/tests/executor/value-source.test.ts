import { describe, expect, it } from 'vitest';
import { type Catalog, catalogValues } from '../../src/index.ts';

const items = new Map([['7', { item: '7', title: 'A "book"', brand: 'b' }]]);
const catalog: Catalog = { size: 1, find: (item) => items.get(item), like: () => [] };

describe('catalogValues', () => {
  it('gives what the catalog says of the item behind a key, as JSON with sorted keys', () => {
    expect(catalogValues(catalog, 'item:').valueOf('item:7')).toBe(
      '{"brand":"b","item":"7","title":"A \\"book\\""}',
    );
  });

  it.each(['item:8', 'item:', 'item:__proto__', 'item:7 '])('knows nothing of %s', (key) => {
    expect(catalogValues(catalog, 'item:').valueOf(key)).toBeUndefined();
  });
});
