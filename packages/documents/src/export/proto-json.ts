import { canonicalJsonParts } from '@wavetune/core';
import { z } from 'zod';
import { index32 } from '../number-schemas.ts';
import type { ReadonlyDeep } from '../readonly-deep.ts';
import type { Wave } from '../wavespec/wave.ts';
import { type ExportFormat, requireWaveSpec } from './export-format.ts';

/** BCache's `bwrt.WaveSpec` message in protobuf's JSON mapping, under the field names of the proto file. */
export const protoWaveSchema = z.strictObject({
  pack_order: z.array(index32),
  tile_order: z.array(z.strictObject({ m: index32, n: index32 })),
  bm: index32,
  bn: index32,
  bk: index32,
  cluster_shape: z.strictObject({ x: index32, y: index32 }),
  tmem_layout: z.strictObject({
    columns: index32,
    phases: index32,
    double_buffer: z.boolean(),
    stage_n: index32,
  }),
  io_extents: z.array(z.strictObject({ layer: z.string(), start_pid: index32, end_pid: index32 })),
  swap_begin: index32,
  swap_end: index32,
});

type ProtoWave = ReadonlyDeep<z.infer<typeof protoWaveSchema>>;

/** `{"waves": [one bwrt.WaveSpec message, …]}`: the proto file has no message that holds several. */
export const protoJsonFormat: ExportFormat = {
  name: 'proto-json',
  summary: "BCache's waves in protobuf JSON",
  encode(spec) {
    const { waves } = requireWaveSpec(spec, 'proto-json');
    return canonicalJsonParts({ waves: waves.map(toProtoWave) }, 2);
  },
};

function toProtoWave(wave: Wave): ProtoWave {
  const { bm, bn, bk, pack_order, tmem_layout } = wave;
  const [x, y] = wave.cluster_shape;
  const [swap_begin, swap_end] = wave.swap_window;
  return {
    pack_order,
    tile_order: wave.tile_order.map(([m, n]) => ({ m, n })),
    bm,
    bn,
    bk,
    cluster_shape: { x, y },
    tmem_layout,
    io_extents: wave.io_extents.map(([layer, start_pid, end_pid]) => ({
      layer,
      start_pid,
      end_pid,
    })),
    swap_begin,
    swap_end,
  };
}
