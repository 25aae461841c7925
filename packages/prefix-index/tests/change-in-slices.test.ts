import { describe, expect, it } from 'vitest';
import { createPrefixIndex } from '../src/index/prefix-index.ts';
import { changeInSlices } from '../src/live/change-in-slices.ts';
import { DEFAULT_SETTINGS } from '../src/totals/settings.ts';
import { deltaOf, event } from './support/deltas.ts';

/** An index for which there is no memory the first time. */
function shortOfMemory() {
  const index = createPrefixIndex(DEFAULT_SETTINGS);
  let isFirst = true;
  return {
    ...index,
    merge: (totals: Parameters<typeof index.merge>[0]) => {
      if (isFirst) {
        isFirst = false;
        throw new RangeError('out of memory');
      }
      index.merge(totals);
    },
  };
}

describe('changeInSlices', () => {
  it('does what comes after a change that failed, and says that it failed', async () => {
    const index = shortOfMemory();
    const failures: unknown[] = [];
    const changes = changeInSlices(index, (failure) => failures.push(failure));
    const merged: string[] = [];
    for (const prefix of ['p1', 'p2', 'p3']) {
      const { totals } = deltaOf(prefix, [event({ prefix_id: prefix })]);
      changes.merge(totals, () => merged.push(prefix));
    }
    const pruned = changes.prune(0);
    expect(changes.queuedBytes()).toBeGreaterThan(0);
    await changes.settled();
    expect(await pruned).toBe(0);
    expect(merged).toEqual(['p2', 'p3']);
    expect(failures).toEqual([new RangeError('out of memory')]);
    expect([index.rowCount(), changes.queuedBytes()]).toEqual([2, 0]);
  });
});
