import { z } from 'zod';

const size = z.int().positive();

const gqaSchema = z
  .strictObject({
    kind: z.literal('gqa'),
    heads: size,
    kvHeads: size,
    headSize: size,
    slidingWindow: z
      .strictObject({ tokens: size, layers: size })
      .nullable()
      .describe('How far the layers that do not see everything look back, and how many they are.'),
  })
  .refine((attention) => attention.heads % attention.kvHeads === 0, {
    error: 'kvHeads must divide heads',
    path: ['kvHeads'],
  });

const mlaSchema = z.strictObject({
  kind: z.literal('mla'),
  heads: size,
  queryRank: size.nullable().describe('Null where queries are projected at full rank.'),
  kvRank: size,
  ropeHeadSize: size,
  nopeHeadSize: size,
  valueHeadSize: size,
});

const denseSchema = z.strictObject({ kind: z.literal('dense'), width: size });

const moeSchema = z
  .strictObject({
    kind: z.literal('moe'),
    experts: size,
    expertsPerToken: size,
    expertWidth: size,
    sharedWidth: z.int().nonnegative().describe('Of all shared experts together; 0 for none.'),
    denseLayers: z.int().nonnegative().describe('Layers with a dense feed-forward instead.'),
    denseWidth: size.nullable().describe('Null where there are no dense layers.'),
  })
  .refine((moe) => moe.expertsPerToken <= moe.experts, {
    error: 'expertsPerToken must not exceed experts',
    path: ['expertsPerToken'],
  })
  .refine((moe) => (moe.denseLayers === 0) === (moe.denseWidth === null), {
    error: 'must be null exactly where denseLayers is 0',
    path: ['denseWidth'],
  });

/** The shapes of a decoder-only transformer, as its public configuration states them. */
export const modelSchema = z
  .strictObject({
    name: z.string().min(1),
    aliases: z.array(z.string()),
    source: z.strictObject({ repository: z.string(), file: z.string() }),
    layers: size,
    hiddenSize: size,
    vocabulary: size,
    dtype: z.enum(['bfloat16', 'float16', 'float32', 'float8']),
    fp8BlockShape: z
      .tuple([size, size])
      .exactOptional()
      .describe('Rows and columns that share a scale, where the checkpoint is block-scaled FP8.'),
    attention: z.discriminatedUnion('kind', [gqaSchema, mlaSchema]),
    feedForward: z.discriminatedUnion('kind', [denseSchema, moeSchema]),
  })
  .refine(
    ({ attention, layers }) =>
      attention.kind === 'mla' || (attention.slidingWindow?.layers ?? 0) <= layers,
    { error: 'more sliding layers than layers', path: ['attention', 'slidingWindow', 'layers'] },
  )
  .refine(
    ({ feedForward, layers }) => feedForward.kind === 'dense' || feedForward.denseLayers <= layers,
    { error: 'more dense layers than layers', path: ['feedForward', 'denseLayers'] },
  );

export type Model = z.infer<typeof modelSchema>;
export type Attention = Model['attention'];
export type FeedForward = Model['feedForward'];

const BYTES_BY_DTYPE: Readonly<Record<Model['dtype'], number>> = {
  float32: 4,
  bfloat16: 2,
  float16: 2,
  float8: 1,
};

/**
 * Bytes of KV cache that one token takes, all layers together.
 *
 * `2 × layers × kv heads × head size × dtype bytes`; with MLA, `layers × (KV rank + rope head size) × dtype bytes`.
 * Layers with a sliding window count in full, as an upper bound: engines free what the window has left behind, but a
 * cached prefix must hold the window's tokens wherever it is resumed.
 *
 * @param dtypeBytes - Of the cache, where it is not kept in the model's own dtype (1 for an FP8 cache).
 */
export function bytesPerToken(model: Model, options?: { readonly dtypeBytes?: number }): number {
  const dtypeBytes = options?.dtypeBytes ?? BYTES_BY_DTYPE[model.dtype];
  const { attention, layers } = model;
  const numbersPerLayer =
    attention.kind === 'mla'
      ? attention.kvRank + attention.ropeHeadSize
      : 2 * attention.kvHeads * attention.headSize;
  return layers * numbersPerLayer * dtypeBytes;
}
