import { sharedFloat64, sharedUint32, type TraceColumns } from '@wavetune/core';

/** The requests of `columns` again and again, with the same blocks, each time after the one before. */
export function repeated(columns: TraceColumns, times: number): TraceColumns {
  const { blocks, timeMillis, offsets } = columns;
  const n = timeMillis.length;
  const again = (column: Uint32Array): Uint32Array => {
    const all = sharedUint32(times * column.length);
    for (let i = 0; i < times; i++) all.set(column, i * column.length);
    return all;
  };
  const allOffsets = sharedUint32(times * n + 1);
  const allTimes = sharedFloat64(times * n);
  const lastMillis = timeMillis[n - 1];
  for (let r = 0; r < times * n; r++) {
    const round = Math.floor(r / n);
    allOffsets[r + 1] = round * blocks.length + offsets[(r % n) + 1];
    allTimes[r] = round * lastMillis + timeMillis[r % n];
  }
  return {
    blockSize: columns.blockSize,
    offsets: allOffsets,
    blocks: again(blocks),
    inputTokens: again(columns.inputTokens),
    coveredTokens: again(columns.coveredTokens),
    outputTokens: again(columns.outputTokens),
    timeMillis: allTimes,
    tenants: again(columns.tenants),
    sessions: again(columns.sessions),
    parents: columns.parents,
  };
}
