import { NONE, sharedFloat64, sharedUint32, type TraceColumns } from '@wavetune/core';

/** A request as a log has it: block ids that mean something inside `namespace` only. */
export interface LoggedRequest {
  readonly ids: ArrayLike<number>;
  readonly timeMillis?: number;
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly tenant?: number;
  readonly session?: number;
  readonly namespace?: number;
}

/**
 * Columns of `requests`, in the order given; chained identity, so one id under two parents is two blocks.
 *
 * Tokens default to full blocks. A request with fewer input tokens than its blocks hold has a partial last block.
 */
export function columnsOf(requests: readonly LoggedRequest[], blockSize = 1): TraceColumns {
  const references = requests.reduce((sum, request) => sum + request.ids.length, 0);
  const n = requests.length;
  const offsets = sharedUint32(n + 1);
  const blocks = sharedUint32(references);
  const inputTokens = sharedUint32(n);
  const coveredTokens = sharedUint32(n);
  const outputTokens = sharedUint32(n);
  const timeMillis = sharedFloat64(n);
  const tenants = sharedUint32(n);
  const sessions = sharedUint32(n);
  const intern = createInterner();
  let at = 0;
  requests.forEach((request, r) => {
    let parent = NONE;
    for (let i = 0; i < request.ids.length; i++) {
      parent = intern.of(request.namespace ?? 0, parent, request.ids[i]);
      blocks[at++] = parent;
    }
    offsets[r + 1] = at;
    const full = request.ids.length * blockSize;
    inputTokens[r] = request.inputTokens ?? full;
    coveredTokens[r] = Math.min(full, inputTokens[r]);
    outputTokens[r] = request.outputTokens ?? 0;
    timeMillis[r] = request.timeMillis ?? r * 1000;
    tenants[r] = request.tenant ?? 0;
    sessions[r] = request.session ?? NONE;
  });
  const parents = sharedUint32(intern.parents.length);
  parents.set(intern.parents);
  return {
    blockSize,
    offsets,
    blocks,
    inputTokens,
    coveredTokens,
    outputTokens,
    timeMillis,
    tenants,
    sessions,
    parents,
  };
}

function createInterner() {
  const parents: number[] = [];
  const first = new Map<number, Map<number, number>>();
  const conflicting = new Map<string, number>();
  const add = (parent: number): number => parents.push(parent) - 1;
  return {
    parents,
    of(namespace: number, parent: number, id: number): number {
      let ids = first.get(namespace);
      if (ids === undefined) {
        ids = new Map();
        first.set(namespace, ids);
      }
      const known = ids.get(id);
      if (known === undefined) {
        const block = add(parent);
        ids.set(id, block);
        return block;
      }
      if (parents[known] === parent) return known;
      const key = `${namespace}/${parent}/${id}`;
      const block = conflicting.get(key) ?? add(parent);
      conflicting.set(key, block);
      return block;
    },
  };
}
