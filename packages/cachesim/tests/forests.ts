import type { TraceColumns } from '@wavetune/core';
import fc from 'fast-check';
import { columnsOf } from './columns-of.ts';

/** Small traces whose chains share prefixes: paths in a tree of few branches, some with a partial last block, some empty. */
export const forestTraces: fc.Arbitrary<TraceColumns> = fc
  .array(
    fc.record({
      path: fc.array(fc.nat(2), { maxLength: 6 }),
      missingTokens: fc.nat(3),
      gapMillis: fc.constantFrom(0, 1000, 60_000, 400_000),
    }),
    { minLength: 2, maxLength: 40 },
  )
  .map((requests) => {
    let timeMillis = 0;
    const logged = requests.map(({ path, missingTokens, gapMillis }) => {
      timeMillis += gapMillis;
      const ids = path.map((_, depth) => pathId(path.slice(0, depth + 1)));
      return { ids, timeMillis, inputTokens: Math.max(0, ids.length * 4 - missingTokens) };
    });
    return columnsOf(logged, 4);
  })
  .filter((columns) => columns.blocks.length > 0);

/** Capacities from one block to more than such a trace has. */
export const smallCapacities: fc.Arbitrary<number> = fc.integer({ min: 1, max: 40 });

/** One number a path, as a chained identity is. */
function pathId(path: readonly number[]): number {
  return path.reduce((id, step) => id * 4 + step + 1, 0);
}
