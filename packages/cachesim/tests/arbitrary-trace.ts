import type { TraceColumns } from '@wavetune/core';
import fc from 'fast-check';
import { columnsOf } from './columns-of.ts';

/** Small traces of chains that share prefixes, in tokens of 4 a block, with partial last blocks, tenants and sessions. */
export const arbitraryTrace: fc.Arbitrary<TraceColumns> = fc
  .array(
    fc.record({
      ids: fc.array(fc.nat(3), { minLength: 1, maxLength: 5 }),
      lacking: fc.nat(2),
      tail: fc.nat(5),
      wait: fc.nat(3),
      tenant: fc.nat(2),
      session: fc.nat(4),
    }),
    { minLength: 1, maxLength: 40 },
  )
  .map((records) => {
    let timeMillis = 0;
    const requests = records.map(({ ids, lacking, tail, wait, tenant, session }) => {
      timeMillis += wait * 1000;
      let key = 0;
      const chain = ids.map((id) => {
        key = key * 5 + id + 1;
        return key;
      });
      const inputTokens = chain.length * 4 - lacking + (lacking === 0 ? tail : 0);
      return { ids: chain, timeMillis, inputTokens, outputTokens: tail, tenant, session };
    });
    return columnsOf(requests, 4);
  });

/** As above, but every request is one block of no chain. */
export const arbitraryLooseTrace: fc.Arbitrary<TraceColumns> = fc
  .array(fc.nat(12), { minLength: 1, maxLength: 80 })
  .map((ids) => columnsOf(ids.map((id) => ({ ids: [id], namespace: id }))));
