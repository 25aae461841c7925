import { createRng, NONE, sharedFloat64, sharedUint32, type TraceColumns } from '@wavetune/core';

/** Chats under one system prompt: a conversation goes on, or a new one begins; each turn adds blocks to the chain. */
export function chatColumns({
  requests,
  seed,
}: {
  readonly requests: number;
  readonly seed: number;
}): TraceColumns {
  const rng = createRng(seed);
  const chains: number[][] = [];
  const parents: number[] = [NONE, 0, 1, 2];
  const offsets = sharedUint32(requests + 1);
  const references: number[] = [];
  for (let r = 0; r < requests; r++) {
    const goesOn = chains.length > 0 && rng.nextFloat() < 0.6;
    const recent = Math.min(chains.length, 2000);
    const at = goesOn ? chains.length - 1 - rng.nextBelow(recent) : chains.length;
    if (!goesOn) chains.push([0, 1, 2, 3]);
    const chain = chains[at];
    for (let added = 1 + rng.nextBelow(12); added > 0; added--) {
      chain.push(parents.push(chain[chain.length - 1]) - 1);
    }
    for (const block of chain) references.push(block);
    offsets[r + 1] = references.length;
  }
  const blocks = sharedUint32(references.length);
  blocks.set(references);
  const tokens = sharedUint32(requests).map((_, r) => (offsets[r + 1] - offsets[r]) * 16);
  return {
    blockSize: 16,
    offsets,
    blocks,
    inputTokens: tokens,
    coveredTokens: tokens,
    outputTokens: sharedUint32(requests),
    timeMillis: sharedFloat64(requests).map((_, r) => r * 100),
    tenants: sharedUint32(requests),
    sessions: sharedUint32(requests).fill(NONE),
    parents: Uint32Array.from(parents),
  };
}
