import type { Strategy } from './strategy.ts';

/** BCache's first whitelist tile, for every problem. */
export const bcache: Strategy = {
  name: 'bcache',
  origin: "first entry of BCache's tile whitelist",
  choose: () => ({
    blockM: 128,
    blockN: 128,
    blockK: 64,
    groupM: 1,
    stages: 2,
    warps: 4,
    splitK: 1,
  }),
};
