import { NONE, shapeOf, sharedFloat64, sharedUint32, type TraceColumns } from '@wavetune/core';

/** Makes traces of some requests of one trace. */
export type RequestSelector = (requests: Uint32Array) => TraceColumns;

/**
 * The trace of some requests, in their order, whole chains, ids dense and by first appearance again.
 *
 * @param requests - Request numbers, ascending.
 */
export function selectRequests(columns: TraceColumns, requests: Uint32Array): TraceColumns {
  return createRequestSelector(columns)(requests);
}

/** As {@link selectRequests}, for many selections of one trace: each costs what it selects, beside 8 bytes a block once. */
export function createRequestSelector(columns: TraceColumns): RequestSelector {
  const newIds = new Uint32Array(shapeOf(columns).distinctBlocks);
  /** Number of the selection, from 1, in which a block's new id was given. */
  const givenIn = new Uint32Array(newIds.length);
  let selection = 0;
  return (requests) => {
    selection++;
    return select(columns, requests, { newIds, givenIn, selection });
  };
}

interface NewIds {
  readonly newIds: Uint32Array;
  readonly givenIn: Uint32Array;
  readonly selection: number;
}

function select(
  columns: TraceColumns,
  requests: Uint32Array,
  { newIds, givenIn, selection }: NewIds,
): TraceColumns {
  const references = requests.reduce(
    (sum, r) => sum + columns.offsets[r + 1] - columns.offsets[r],
    0,
  );
  const offsets = sharedUint32(requests.length + 1);
  const blocks = sharedUint32(references);
  const oldIds: number[] = [];
  let at = 0;
  requests.forEach((r, i) => {
    for (let j = columns.offsets[r]; j < columns.offsets[r + 1]; j++) {
      const old = columns.blocks[j];
      if (givenIn[old] !== selection) {
        givenIn[old] = selection;
        newIds[old] = oldIds.push(old) - 1;
      }
      blocks[at++] = newIds[old];
    }
    offsets[i + 1] = at;
  });
  const parents = sharedUint32(oldIds.length);
  oldIds.forEach((old, id) => {
    const parent = columns.parents[old];
    parents[id] = parent === NONE ? NONE : newIds[parent];
  });
  const pick = (column: Uint32Array): Uint32Array => {
    const picked = sharedUint32(requests.length);
    requests.forEach((r, i) => {
      picked[i] = column[r];
    });
    return picked;
  };
  const timeMillis = sharedFloat64(requests.length);
  requests.forEach((r, i) => {
    timeMillis[i] = columns.timeMillis[r];
  });
  return {
    blockSize: columns.blockSize,
    offsets,
    blocks,
    inputTokens: pick(columns.inputTokens),
    coveredTokens: pick(columns.coveredTokens),
    outputTokens: pick(columns.outputTokens),
    timeMillis,
    tenants: pick(columns.tenants),
    sessions: pick(columns.sessions),
    parents,
  };
}

/** The first `end` requests; blocks that only later ones reference keep their ids. */
export function firstRequests(columns: TraceColumns, end: number): TraceColumns {
  const { offsets, blocks } = columns;
  if (end >= shapeOf(columns).requests) return columns;
  return {
    ...columns,
    offsets: offsets.subarray(0, end + 1),
    blocks: blocks.subarray(0, offsets[end]),
    inputTokens: columns.inputTokens.subarray(0, end),
    coveredTokens: columns.coveredTokens.subarray(0, end),
    outputTokens: columns.outputTokens.subarray(0, end),
    timeMillis: columns.timeMillis.subarray(0, end),
    tenants: columns.tenants.subarray(0, end),
    sessions: columns.sessions.subarray(0, end),
  };
}
