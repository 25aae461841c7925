import { sharedUint32, type Task } from '@wavetune/core';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { buffersOf } from '../src/buffers.ts';
import { createInlinePool, createThreadPool, probeSumTask, TASK_TABLE } from '../src/index.ts';

const pool = createThreadPool({ threads: 2, heapMebibytes: 64 });
afterAll(() => pool.close());

describe('Pool.run', () => {
  it('gives the same answer for any number of parts, with and without threads', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 5000 }),
        fc.integer({ min: 1, max: 9 }),
        async (end, parts) => {
          const input = { range: { begin: 0, end } };
          const expected = (end * (end - 1)) / 2;
          expect(await createInlinePool(parts).run(probeSumTask, input)).toBe(expected);
          expect(await pool.run(probeSumTask, input)).toBe(expected);
        },
      ),
      { numRuns: 20 },
    );
  });

  it.each(['exit', 'memory'] as const)(
    'fails only the task whose worker dies by %s, and goes on',
    async (kind) => {
      const range = { begin: 0, end: 10 };
      const doomed = pool.run(probeSumTask, { range, fault: { at: 3, kind } });
      await expect(doomed).rejects.toMatchObject({ code: 'pool.worker-failed' });
      expect(await pool.run(probeSumTask, { range })).toBe(45);
    },
  );

  it('carries a coded error across threads with its details, and others as they are', async () => {
    const range = { begin: 0, end: 10 };
    await expect(
      pool.run(probeSumTask, { range, fault: { at: 0, kind: 'coded' } }),
    ).rejects.toMatchObject({
      code: 'pool.bad-threads',
      details: { found: -1 },
      message: expect.stringMatching(/^pool\.bad-threads: -1 threads/),
    });
    await expect(
      pool.run(probeSumTask, { range, fault: { at: 0, kind: 'internal' } }),
    ).rejects.toThrow(/^probe$/);
  });

  it('refuses a task that is not in the table, and a senseless number of threads', async () => {
    const stranger: Task<number, number> = {
      ...probeSumTask,
      name: 'no/such',
      split: (n) => [n],
      run: (n) => n,
    };
    await expect(pool.run(stranger, 1)).rejects.toMatchObject({ code: 'pool.unknown-task' });
    for (const threads of [0, 1.5, Number.NaN, 1000]) {
      expect(() => createThreadPool({ threads })).toThrow(
        expect.objectContaining({ code: 'pool.bad-threads' }),
      );
    }
  });
});

describe('TASK_TABLE', () => {
  it('names every task once', () => {
    const names = TASK_TABLE.map((task) => task.name);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('buffersOf', () => {
  it('finds each unshared buffer once and leaves shared ones where they are', () => {
    const own = new Float64Array(4);
    const value = {
      a: own,
      b: [own.subarray(1), { c: new Uint8Array(2) }],
      d: sharedUint32(3),
      e: [1, 2],
    };
    expect(buffersOf(value)).toHaveLength(2);
  });
});
