import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSessionQueue } from '../../src/generate/session-queue.ts';

describe('createSessionQueue', () => {
  it('gives sessions by time, and by order of pushing where times are equal', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20)), (times) => {
        const queue = createSessionQueue<number>();
        for (const [i, time] of times.entries()) queue.push(time, i);
        const expected = times.map((_, i) => i).sort((a, b) => times[a] - times[b] || a - b);
        const popped = expected.map((i) => {
          expect(queue.nextMillis()).toBe(times[i]);
          return queue.pop();
        });
        expect(popped).toEqual(expected);
        expect([queue.size, queue.nextMillis()]).toEqual([0, Number.POSITIVE_INFINITY]);
      }),
    );
  });
});
