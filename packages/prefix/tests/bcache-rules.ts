/** BCache's tiles as its contract lists them: bm, bn, bk, stage_n, cluster. */
const whitelist = [
  [128, 128, 64, 2, 2, 1],
  [128, 256, 64, 2, 2, 1],
  [256, 128, 64, 2, 2, 1],
  [128, 128, 128, 3, 2, 1],
].map(String);

const isInt32 = (value: unknown) =>
  Number.isInteger(value) && Number(value) >= -(2 ** 31) && Number(value) < 2 ** 31;
const fields = 'bk,bm,bn,cluster_shape,io_extents,pack_order,swap_window,tile_order,tmem_layout';

type Pairs = readonly (readonly number[])[];

/** A wave as it was parsed: of the right shape as far as reading it goes, and no further. */
export interface ParsedWave {
  readonly pack_order: readonly number[];
  readonly tile_order: Pairs;
  readonly bm: number;
  readonly bn: number;
  readonly bk: number;
  readonly cluster_shape: readonly number[];
  readonly tmem_layout: Readonly<Record<string, number | boolean>>;
  readonly io_extents: readonly (readonly (string | number)[])[];
  readonly swap_window: readonly number[];
}

/** What breaks BCache's wave contract, in words; written from the contract, not from our planner. */
export function findBrokenRules(wave: ParsedWave, dtypeBytes: number): readonly string[] {
  const broken: string[] = [];
  const demand = (holds: boolean, rule: string) => {
    if (!holds) broken.push(rule);
  };
  demand(Object.keys(wave).sort().join() === fields, 'exactly the nine fields');
  demand(wave.pack_order.every(isInt32), 'pack_order is int32');
  demand(new Set(wave.pack_order).size === wave.pack_order.length, 'a request is packed once');
  demand(wave.tile_order.length > 0, 'a wave has a tile');
  for (const pair of wave.tile_order) {
    const [m, n] = pair;
    demand(pair.length === 2 && pair.every(isInt32), 'tiles are int32 pairs');
    demand(m >= 0 && n >= 0 && m < 2 ** 15 && n < 2 ** 16, 'm << 16 | n is an int32');
  }
  const { columns, phases, double_buffer, stage_n } = wave.tmem_layout;
  demand([columns, phases, stage_n].every(isInt32), 'tmem_layout is int32');
  demand(typeof double_buffer === 'boolean', 'double_buffer is a boolean');
  const tile = [wave.bm, wave.bn, wave.bk, stage_n, ...wave.cluster_shape];
  demand(whitelist.includes(String(tile)), 'the tile is whitelisted');
  demand((wave.bk * dtypeBytes) % 32 === 0, 'bk × dtype bytes is a multiple of 32');
  const [begin, end] = wave.swap_window;
  demand(wave.swap_window.length === 2 && isInt32(begin) && isInt32(end), 'the window is int32');
  demand(begin >= 0 && begin < end, '0 ≤ begin < end');
  for (const extent of wave.io_extents) {
    const [layer, start, last] = extent;
    demand(extent.length === 3 && typeof layer === 'string', 'an extent names its layer');
    demand(isInt32(start) && isInt32(last), 'pages are int32');
    demand(Number(start) >= 0 && start <= last, '0 ≤ first page ≤ last page');
  }
  return broken;
}
