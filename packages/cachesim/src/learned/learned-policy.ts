import { NONE, shapeOf } from '@wavetune/core';
import { longestChainOf } from '../curves/stack-at.ts';
import type { EvictionPolicy, PolicySetting, PolicySpec } from '../policies/policy.ts';
import { createLeafCells } from './leaf-cells.ts';
import { classOf, type LearnedTable } from './learned-table.ts';
import { createReuseFeatures } from './reuse-features.ts';

/**
 * Evicts by a learned table: the block of least expected hits per block-second still to be spent goes first, and a block
 * that promises no more than that one is not let in.
 *
 * Exact: a block moves to its next age bucket at the moment it reaches it. Cost: O(log evictable) a bucket reached,
 * O(classes × ages / 32) an eviction. Space: 30 bytes a distinct block, 16 more for each evictable one.
 */
export function learnedPolicy(table: LearnedTable): PolicySpec {
  return {
    name: 'learned',
    source:
      'hit density (LHD, Beckmann et al., NSDI 2018) as a Gittins index, classes by a log-linear score',
    parameters: [],
    touch: 'last-to-first',
    create: (setting) => createLearnedPolicy(table, setting),
  };
}

function createLearnedPolicy(table: LearnedTable, { columns }: PolicySetting): EvictionPolicy {
  const { offsets, blocks, timeMillis } = columns;
  const { distinctBlocks } = shapeOf(columns);
  const features = createReuseFeatures(columns);
  const codes = new Uint32Array(longestChainOf(columns));
  const classes = new Uint16Array(distinctBlocks);
  const latest = new Uint32Array(distinctBlocks).fill(NONE);
  const cells = createLeafCells(table, distinctBlocks);
  let running = NONE;

  const classify = (request: number): void => {
    features.observe(request, codes);
    const begin = offsets[request];
    for (let i = begin; i < offsets[request + 1]; i++) {
      const code = codes[i - begin];
      const isSame = i > begin && code === codes[i - begin - 1];
      classes[blocks[i]] = isSame ? classes[blocks[i - 1]] : classOf(table, code);
      latest[blocks[i]] = request;
    }
  };
  return {
    onRequest(request) {
      running = request;
      cells.advance(timeMillis[request]);
      classify(request);
    },
    onHit: (block) => cells.remove(block),
    onInsert: () => undefined,
    evict(incoming) {
      const least = cells.leastValue();
      return least < table.values[classes[incoming]][0] ? cells.takeLeast() : NONE;
    },
    onRelease(block) {
      const touch = latest[block];
      const place = touch === running ? 'last' : 'first';
      cells.put(block, { classIndex: classes[block], touchedMillis: timeMillis[touch], place });
    },
  };
}
