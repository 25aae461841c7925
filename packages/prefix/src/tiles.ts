import { prefixError } from './prefix-errors.ts';

/** A tile that BCache accepts. */
export interface Tile {
  readonly bm: number;
  readonly bn: number;
  readonly bk: number;
  readonly stageN: number;
  readonly cluster: readonly [number, number];
}

/** BCache's whitelist, all of it, in its order. */
export const BCACHE_TILES: readonly Tile[] = [
  { bm: 128, bn: 128, bk: 64, stageN: 2, cluster: [2, 1] },
  { bm: 128, bn: 256, bk: 64, stageN: 2, cluster: [2, 1] },
  { bm: 256, bn: 128, bk: 64, stageN: 2, cluster: [2, 1] },
  { bm: 128, bn: 128, bk: 128, stageN: 3, cluster: [2, 1] },
];

/** A tensor core reads K in steps of so many bytes. */
const K_STEP_BYTES = 32;

/** Rows and columns of a product's output, and the bytes of its inputs' elements. */
export interface Product {
  readonly m: number;
  readonly n: number;
  readonly dtypeBytes: number;
}

/**
 * The legal whitelisted tile that pads the `m × n` output least; of those the one with fewest tiles; of those the first.
 *
 * @throws WavetuneError `wave.no-legal-tile` where `bk × dtypeBytes` is a multiple of 32 for none.
 */
export function pickTile({ m, n, dtypeBytes }: Product): Tile {
  const legal = BCACHE_TILES.filter((tile) => (tile.bk * dtypeBytes) % K_STEP_BYTES === 0);
  if (legal.length === 0) throw prefixError('wave.no-legal-tile', { dtypeBytes });
  const tiles = (tile: Tile) => Math.ceil(m / tile.bm) * Math.ceil(n / tile.bn);
  const padded = (tile: Tile) => tiles(tile) * tile.bm * tile.bn;
  return legal.reduce((best, tile) => {
    const difference = padded(tile) - padded(best) || tiles(tile) - tiles(best);
    return difference < 0 ? tile : best;
  });
}

/** Coordinates are packed into 32 bits by the consumer, m above 16 bits of n. */
const MOST_ROWS = 0x8000;
const MOST_COLUMNS = 0x1_0000;

/**
 * The grid's tiles in snake order: rows in turn, every other row backwards, so that neighbours in the order share a row
 * or a column of operands.
 *
 * A grid of more than `limit` tiles (or 32,768 rows, 65,536 columns) is cut to its first columns and rows: the order is
 * then a pattern that the consumer repeats.
 */
export function snakeOrder(
  rows: number,
  columns: number,
  limit: number,
): readonly (readonly [number, number])[] {
  const n = Math.min(columns, limit, MOST_COLUMNS);
  const m = Math.min(rows, Math.max(1, Math.floor(limit / n)), MOST_ROWS);
  const order: [number, number][] = [];
  for (let row = 0; row < m; row++) {
    for (let i = 0; i < n; i++) order.push([row, row % 2 === 0 ? i : n - 1 - i]);
  }
  return order;
}
