import { z } from 'zod';
import { index32 } from '../number-schemas.ts';
import type { ReadonlyDeep } from '../readonly-deep.ts';

/**
 * The tiles that BCache's runtime accepts; it refuses every other wave. Each K step is a multiple of 32 bytes for every
 * dtype of a whole number of bytes, which is its second rule.
 */
export const WAVE_TILES = [
  { bm: 128, bn: 128, bk: 64, stage_n: 2, cluster_shape: [2, 1] },
  { bm: 128, bn: 256, bk: 64, stage_n: 2, cluster_shape: [2, 1] },
  { bm: 256, bn: 128, bk: 64, stage_n: 2, cluster_shape: [2, 1] },
  { bm: 128, bn: 128, bk: 128, stage_n: 3, cluster_shape: [2, 1] },
] as const;

const positive32 = z.int32().positive();

const ioExtent = z
  .tuple([z.string(), index32, index32])
  .refine(
    ([, start, end]) => start <= end,
    'an io extent [layer, start, end] must have start ≤ end',
  );

/** One wave of BCache's contract: the order of its requests, its page reads, its tile and when weights may be swapped. */
export const waveSchema = z
  .strictObject({
    pack_order: z
      .array(index32)
      .refine((order) => new Set(order).size === order.length, 'a request appears twice')
      .describe('Request ids; those that share pages follow one another.'),
    tile_order: z.array(z.tuple([index32, index32])).describe('[m, n] of each output tile.'),
    bm: positive32,
    bn: positive32,
    bk: positive32,
    cluster_shape: z.tuple([positive32, positive32]),
    tmem_layout: z.strictObject({
      columns: positive32,
      phases: positive32,
      double_buffer: z.boolean(),
      stage_n: positive32,
    }),
    io_extents: z.array(ioExtent).describe('[layer, first page, last page], both inclusive.'),
    swap_window: z
      .tuple([index32, index32])
      .refine(([begin, end]) => begin < end, 'a swap window [begin, end) must have begin < end')
      .describe('[begin, end): after the fetch part of the wave.'),
  })
  .refine(hasKnownTile, {
    error: `the tile is not one that BCache accepts: (bm, bn, bk, stage_n, cluster) must be ${WAVE_TILES.map(tileText).join(' or ')}`,
  });

export type Wave = ReadonlyDeep<z.infer<typeof waveSchema>>;

interface TiledWave {
  readonly bm: number;
  readonly bn: number;
  readonly bk: number;
  readonly cluster_shape: readonly [number, number];
  readonly tmem_layout: { readonly stage_n: number };
}

function hasKnownTile(wave: TiledWave): boolean {
  return WAVE_TILES.some(
    (tile) =>
      tile.bm === wave.bm &&
      tile.bn === wave.bn &&
      tile.bk === wave.bk &&
      tile.stage_n === wave.tmem_layout.stage_n &&
      tile.cluster_shape[0] === wave.cluster_shape[0] &&
      tile.cluster_shape[1] === wave.cluster_shape[1],
  );
}

function tileText(tile: (typeof WAVE_TILES)[number]): string {
  return `(${tile.bm}, ${tile.bn}, ${tile.bk}, ${tile.stage_n}, [${tile.cluster_shape.join(', ')}])`;
}
