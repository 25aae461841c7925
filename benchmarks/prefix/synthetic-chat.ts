import {
  createRng,
  NONE,
  type Rng,
  sharedFloat64,
  sharedUint32,
  type TraceColumns,
} from '@wavetune/core';

const BLOCK_SIZE = 512;
const LIVE_SESSIONS = 4096;
const SYSTEM_PROMPTS = 64;
const TENANTS = 100;

/**
 * Multi-turn chat of about `references` block references, three in five of them to a new block: sessions that begin with
 * one of 64 system prompts (low numbers far more often) and grow by some blocks a turn; a request every 3 ms.
 */
export function chatColumns(references: number, seed: number): TraceColumns {
  const rng = createRng(seed);
  const blocks = new Uint32Array(references + 1024);
  const offsets: number[] = [0];
  const parents: number[] = [];
  const tenants: number[] = [];
  const covered: number[] = [];
  const tips = new Uint32Array(LIVE_SESSIONS).fill(NONE);
  const depths = new Uint32Array(LIVE_SESSIONS);
  const prompts = new Uint32Array(SYSTEM_PROMPTS).fill(NONE);
  const grow = (tip: number, count: number): number => {
    for (let i = 0; i < count; i++) parents.push(i === 0 ? tip : parents.length - 1);
    return parents.length - 1;
  };
  let filled = 0;
  while (filled < references) {
    const session = rng.nextBelow(LIVE_SESSIONS);
    if (tips[session] === NONE || depths[session] > 90 || rng.nextFloat() < 0.45) {
      const prompt = Math.floor(SYSTEM_PROMPTS * rng.nextFloat() ** 4);
      if (prompts[prompt] === NONE) prompts[prompt] = grow(NONE, 3);
      tips[session] = prompts[prompt];
      depths[session] = 3;
    }
    const fresh = 4 + rng.nextBelow(22);
    tips[session] = grow(tips[session], fresh);
    depths[session] += fresh;
    for (let at = filled + depths[session] - 1, b = tips[session]; b !== NONE; b = parents[b]) {
      blocks[at--] = b;
    }
    filled += depths[session];
    offsets.push(filled);
    covered.push(depths[session] * BLOCK_SIZE);
    tenants.push(session % TENANTS);
  }
  return share(rng, { offsets, parents, tenants, covered, blocks: blocks.subarray(0, filled) });
}

interface Draft {
  readonly offsets: readonly number[];
  readonly parents: readonly number[];
  readonly tenants: readonly number[];
  readonly covered: readonly number[];
  readonly blocks: Uint32Array;
}

function share(rng: Rng, draft: Draft): TraceColumns {
  const column = (values: ArrayLike<number>): Uint32Array => {
    const shared = sharedUint32(values.length);
    for (let i = 0; i < values.length; i++) shared[i] = values[i];
    return shared;
  };
  const requests = draft.tenants.length;
  const timeMillis = sharedFloat64(requests);
  for (let r = 0; r < requests; r++) timeMillis[r] = 3 * r + rng.nextFloat();
  return {
    blockSize: BLOCK_SIZE,
    offsets: column(draft.offsets),
    blocks: column(draft.blocks),
    inputTokens: column(draft.covered.map((tokens) => tokens + 7)),
    coveredTokens: column(draft.covered),
    outputTokens: sharedUint32(requests),
    timeMillis,
    tenants: column(draft.tenants),
    sessions: sharedUint32(requests).fill(NONE),
    parents: column(draft.parents),
  };
}
