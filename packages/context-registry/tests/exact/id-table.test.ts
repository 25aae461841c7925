import { NONE } from '@wavetune/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createIdTable } from '../../src/exact/id-table.ts';

describe('createIdTable', () => {
  it('holds what a set would, with few hashes and with many', () => {
    const ids = fc.array(fc.nat(200), { maxLength: 400 });
    fc.assert(
      fc.property(ids, fc.constantFrom(1, 5, 1_000), (operations, hashes) => {
        const hashOf = (id: number) => id % hashes;
        const table = createIdTable(hashOf);
        const model = new Set<number>();
        for (const id of operations) {
          if (model.delete(id)) table.remove(id);
          else {
            table.add(id);
            model.add(id);
          }
        }
        for (let id = 0; id <= 200; id++) {
          const found = table.find(hashOf(id), (one) => one === id);
          expect(found).toBe(model.has(id) ? id : NONE);
        }
      }),
    );
  });
});
