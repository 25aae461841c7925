import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { replay } from '../src/index.ts';
import { columnsOf } from './columns-of.ts';
import { textbookLfu } from './textbook-ranks.ts';
import { textbookReplay } from './textbook-replay.ts';

/** Blocks that are used again and again, each run with other blocks in between: frequencies no byte holds. */
const runs = fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 1, max: 400 })), {
  minLength: 1,
  maxLength: 12,
});

const loose = { residency: 'free', hits: 'independent' } as const;

const uses = (ids: readonly number[]) => columnsOf(ids.map((id) => ({ ids: [id] })));

describe('LFU over loose references', () => {
  it('counts exactly beyond what a byte holds', () => {
    // Block 0 is used 300 times and block 1 once more, so block 0 goes when block 2 comes.
    const columns = uses([...Array(300).fill(0), ...Array(301).fill(1), 2, 1, 0]);
    const { hitBlocks } = replay(columns, { policy: 'lfu', capacityBlocks: 2, ...loose });
    expect(hitBlocks).toBe(299 + 300 + 1);
  });

  it('takes the one that reached its frequency first, however high that is', () => {
    const columns = uses([...Array(500).fill(0), ...Array(500).fill(1), 2, 1, 0]);
    const { hitBlocks } = replay(columns, { policy: 'lfu', capacityBlocks: 2, ...loose });
    expect(hitBlocks).toBe(499 + 499 + 1);
  });

  it('evicts as the textbook does', () => {
    fc.assert(
      fc.property(runs, fc.integer({ min: 1, max: 6 }), (parts, capacity) => {
        const columns = uses(
          parts.flatMap(([id, times]) =>
            Array(times)
              .fill(id)
              .flatMap((use, i) => (i % 50 === 49 ? [use, (use + i) % 10] : [use])),
          ),
        );
        const ours = replay(columns, { policy: 'lfu', capacityBlocks: capacity, ...loose });
        const policy = textbookLfu(capacity, columns);
        const { hitBlocks, evictions } = textbookReplay({
          columns,
          capacity,
          mode: 'loose',
          leafFirst: true,
          policy,
        });
        expect(ours).toMatchObject({ hitBlocks, evictions });
      }),
      { numRuns: 100 },
    );
  });
});
