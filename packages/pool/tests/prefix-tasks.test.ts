import { sharedFloat64, sharedUint32, type TraceColumns } from '@wavetune/core';
import {
  buildForest,
  ceilingTask,
  extentsTask,
  keepAll,
  LAYOUT_ORDERS,
  reuseTask,
} from '@wavetune/prefix';
import { afterAll, describe, expect, it } from 'vitest';
import { createInlinePool, createThreadPool } from '../src/index.ts';

/** 400 requests of three blocks: one root, 20 middles, a leaf each. */
function sampleColumns(): TraceColumns {
  const requests = 400;
  const middles = 20;
  const parents: number[] = [0xffff_ffff];
  const middleIds = new Map<number, number>();
  const blocks: number[] = [];
  for (let r = 0; r < requests; r++) {
    const middle = (r * 7) % middles;
    if (!middleIds.has(middle)) {
      middleIds.set(middle, parents.length);
      parents.push(0);
    }
    const middleId = middleIds.get(middle)!;
    blocks.push(0, middleId, parents.length);
    parents.push(middleId);
  }
  const filled = (value: number) => sharedUint32(requests).fill(value);
  const shared = (values: readonly number[]) => {
    const column = sharedUint32(values.length);
    column.set(values);
    return column;
  };
  const timeMillis = sharedFloat64(requests);
  for (let r = 0; r < requests; r++) timeMillis[r] = 10 * r;
  return {
    blockSize: 16,
    offsets: shared(Array.from({ length: requests + 1 }, (_, r) => 3 * r)),
    blocks: shared(blocks),
    inputTokens: filled(48),
    coveredTokens: filled(48),
    outputTokens: filled(1),
    timeMillis,
    tenants: filled(0),
    sessions: filled(0xffff_ffff),
    parents: shared(parents),
  };
}

const two = createThreadPool({ threads: 2 });
const eight = createThreadPool({ threads: 8 });
afterAll(() => Promise.all([two.close(), eight.close()]));

describe('the prefix tasks', () => {
  const columns = sampleColumns();
  const forest = buildForest(columns);
  it.each([
    ['ceiling', ceilingTask, { columns, window: { begin: 100, end: 400 } }],
    ['extents', extentsTask, { forest, kept: keepAll(forest), orders: LAYOUT_ORDERS }],
    ['reuse', reuseTask, { columns, forest, selected: Uint32Array.of(0, 1, 3) }],
  ])('%s: inline, 2 and 8 threads give one answer', async (_name, task, input) => {
    // The table pairs each task with its own input; only their union is known here.
    const run = (pool: { run: (task: never, input: never) => Promise<unknown> }) =>
      pool.run(task as never, input as never);
    const expected = await run(createInlinePool());
    expect(await run(createInlinePool(5))).toEqual(expected);
    expect(await run(two)).toEqual(expected);
    expect(await run(eight)).toEqual(expected);
  });
});
