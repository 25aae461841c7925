import { NONE } from '@wavetune/core';
import {
  type BlockHeap,
  createBlockHeap,
  rankBlock,
  releaseInHeap,
  unrankBlock,
  unrankLowest,
} from '../structures/block-heap.ts';
import { partialBlockOf } from './partial-block.ts';
import type { EvictionPolicy, PolicySetting } from './policy.ts';

/** Orders nodes by rank first, then by the request that used them last. */
const RANK_STEP = 2 ** 32;

/**
 * Ranks a node by the requests that went through it, the first included, and the highest priority of one; the lowest rank
 * leaves first, the least recently used among equals. A whole number of at most 2^20 in size.
 */
export type RankNode = (uses: number, priority: number) => number;

/**
 * Eviction by node of a compressed radix tree, as SGLang's RadixCache does it: a node is a run of blocks that entered
 * together and was not parted since. A request refreshes every node on its path; where it leaves a node midway the node is
 * split there, and the unmatched rest was refreshed too. A leaf leaves as a whole.
 *
 * A node is known by its last block; only that one is ranked. Blocks of the running request are not ranked before it ends,
 * which is SGLang's lock. Pages are blocks, so a partial block is not cached. Deviation: a request counts one use, where a server counts one a chunk of prefill as well.
 */
export function createRadixPolicy(setting: PolicySetting, rankOf: RankNode): EvictionPolicy {
  const nodes = createNodes(setting, rankOf);
  return {
    onRequest(request) {
      nodes.request = request;
      nodes.requestPriority = setting.inputs.priorities?.[request] ?? 0;
      nodes.partial = partialBlockOf(setting.columns, request);
    },
    admits: (block) => block !== nodes.partial,
    onHit(block) {
      endInsertion(nodes);
      nodes.matched = block;
      if (nodes.below[block] === NONE) refresh(nodes, block);
      if (setting.loose) nodes.matched = NONE;
    },
    onMiss: () => endMatch(nodes),
    onInsert(block) {
      insert(nodes, block);
      if (setting.loose) endInsertion(nodes);
    },
    onRelease(block) {
      if (nodes.below[block] === NONE && nodes.ranked[block] === 1)
        releaseInHeap(nodes.heap, block);
    },
    onRequestEnd() {
      endMatch(nodes);
      endInsertion(nodes);
    },
    evict() {
      const block = unrankLowest(nodes.heap);
      if (block !== NONE) forget(nodes, block);
      return block;
    },
    alsoEvict() {
      const block = nodes.doomed;
      if (block !== NONE) forget(nodes, block);
      return block;
    },
  };
}

interface RadixNodes {
  readonly setting: PolicySetting;
  readonly rankOf: RankNode;
  readonly heap: BlockHeap;
  /** The next block of the same node, `NONE` for its last; shape `[d]`. */
  readonly below: Uint32Array;
  /** By the last block of a node; shape `[d]`. */
  readonly uses: Uint32Array;
  readonly priorities: Int32Array;
  /** 1 for the last block of a node that has its rank. */
  readonly ranked: Uint8Array;
  request: number;
  requestPriority: number;
  /** The running request's block that is not full, `NONE` where all are. */
  partial: number;
  /** The running request's latest hit, `NONE` once its node is settled. */
  matched: number;
  /** The running request's latest block placed, `NONE` between nodes. */
  inserted: number;
  /** The block above the one evicted last, where it belongs to the same node. */
  doomed: number;
}

function createNodes(setting: PolicySetting, rankOf: RankNode): RadixNodes {
  const distinctBlocks = setting.columns.parents.length;
  return {
    setting,
    rankOf,
    heap: createBlockHeap(distinctBlocks, setting.held),
    below: new Uint32Array(distinctBlocks).fill(NONE),
    uses: new Uint32Array(distinctBlocks),
    priorities: new Int32Array(distinctBlocks),
    ranked: new Uint8Array(distinctBlocks),
    request: 0,
    requestPriority: 0,
    partial: NONE,
    matched: NONE,
    inserted: NONE,
    doomed: NONE,
  };
}

/** The node that ends in `last` was used now. */
function refresh(nodes: RadixNodes, last: number): void {
  nodes.uses[last]++;
  nodes.priorities[last] = Math.max(nodes.priorities[last], nodes.requestPriority);
  rank(nodes, last);
}

function rank({ heap, rankOf, uses, priorities, ranked, request }: RadixNodes, last: number): void {
  const step = rankOf(uses[last], priorities[last]);
  ranked[last] = 1;
  rankBlock(heap, last, step * RANK_STEP + request);
}

/** Splits the node in which the hits of the request end. */
function endMatch(nodes: RadixNodes): void {
  const { matched, below, uses, priorities } = nodes;
  nodes.matched = NONE;
  if (matched === NONE || below[matched] === NONE) return;
  let last = below[matched];
  while (below[last] !== NONE) last = below[last];
  rank(nodes, last);
  uses[matched] = uses[last];
  priorities[matched] = priorities[last];
  below[matched] = NONE;
  refresh(nodes, matched);
}

function insert(nodes: RadixNodes, block: number): void {
  const { inserted, below, uses, priorities, ranked, setting } = nodes;
  if (inserted !== NONE && setting.columns.parents[block] === inserted) below[inserted] = block;
  else endInsertion(nodes);
  below[block] = NONE;
  uses[block] = 0;
  priorities[block] = nodes.requestPriority;
  ranked[block] = 0;
  nodes.inserted = block;
}

/** The blocks placed since the last hit are a node. */
function endInsertion(nodes: RadixNodes): void {
  if (nodes.inserted !== NONE) refresh(nodes, nodes.inserted);
  nodes.inserted = NONE;
}

/** `block`, the last of its node, leaves; the one above is next if it is of the same node. */
function forget(nodes: RadixNodes, block: number): void {
  const { below, heap, ranked, setting } = nodes;
  const parent = setting.columns.parents[block];
  ranked[block] = 0;
  unrankBlock(heap, block);
  nodes.doomed = parent !== NONE && below[parent] === block ? parent : NONE;
  if (nodes.doomed !== NONE) below[parent] = NONE;
}
