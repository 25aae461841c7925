import { z } from 'zod';
import { catalogError } from './catalog-errors.ts';
import { parseAs } from './json-file.ts';
import { type Attention, type FeedForward, type Model, modelSchema } from './model.ts';

const size = z.int().positive();

/** The fields of a `config.json` that say how large a model is; what they are called differs by architecture. */
const configSchema = z.object({
  architectures: z.array(z.string()).nullish(),
  hidden_size: size,
  num_hidden_layers: size,
  num_attention_heads: size,
  vocab_size: size,
  num_key_value_heads: size.nullish(),
  head_dim: size.nullish(),
  intermediate_size: size.nullish(),
  torch_dtype: z.string().nullish(),
  dtype: z.string().nullish(),
  q_lora_rank: size.nullish(),
  kv_lora_rank: size.nullish(),
  qk_rope_head_dim: size.nullish(),
  qk_nope_head_dim: size.nullish(),
  v_head_dim: size.nullish(),
  num_local_experts: size.nullish(),
  num_experts: size.nullish(),
  n_routed_experts: size.nullish(),
  num_experts_per_tok: size.nullish(),
  experts_per_token: size.nullish(),
  moe_intermediate_size: size.nullish(),
  n_shared_experts: z.int().nonnegative().nullish(),
  shared_expert_intermediate_size: z.int().nonnegative().nullish(),
  first_k_dense_replace: z.int().nonnegative().nullish(),
  mlp_only_layers: z.array(z.int()).nullish(),
  decoder_sparse_step: size.nullish(),
  sliding_window: size.nullish(),
  use_sliding_window: z.boolean().nullish(),
  max_window_layers: z.int().nonnegative().nullish(),
  layer_types: z.array(z.string()).nullish(),
  quantization_config: z
    .object({
      quant_method: z.string().nullish(),
      weight_block_size: z.tuple([size, size]).nullish(),
    })
    .nullish(),
});

type Config = z.infer<typeof configSchema>;

const STATE_SPACE_FIELDS = /^(linear_num_|linear_key_|linear_value_|mamba_|ssm_|conv_)/;

/** True for what a Hugging Face repository calls `config.json`. */
export function isHuggingFaceConfig(value: Readonly<Record<string, unknown>>): boolean {
  return 'model_type' in value || 'architectures' in value || 'num_hidden_layers' in value;
}

/**
 * Reads a model's shapes from a Hugging Face `config.json`, by the fields that are there, whatever the architecture is
 * called; a multimodal model's `text_config` is read in its place.
 *
 * @throws WavetuneError `catalog.invalid-file` where a size is missing; `catalog.unsupported-model` where layers keep a
 * recurrent state instead of keys and values.
 */
export function fromHuggingFace(value: Readonly<Record<string, unknown>>, path: string): Model {
  const text = value.text_config;
  const nested = typeof text === 'object' && text !== null ? { ...value, ...text } : value;
  refuseStateSpace(nested, path);
  const config = parseAs(nested, configSchema, { path, kind: 'Hugging Face config.json' });
  const model = {
    name: String(value._name_or_path || config.architectures?.[0] || path),
    aliases: [],
    source: { repository: String(value._name_or_path ?? ''), file: path },
    layers: config.num_hidden_layers,
    hiddenSize: config.hidden_size,
    vocabulary: config.vocab_size,
    dtype: toDtype(config.dtype ?? config.torch_dtype ?? 'bfloat16'),
    ...toBlockScaling(config),
    attention: toAttention(config),
    feedForward: toFeedForward(config),
  };
  return parseAs<Model>(model, modelSchema, { path, kind: 'model' });
}

function refuseStateSpace(config: Readonly<Record<string, unknown>>, path: string): void {
  const field = Object.keys(config).find((key) => STATE_SPACE_FIELDS.test(key));
  const types: readonly unknown[] = Array.isArray(config.layer_types) ? config.layer_types : [];
  const type = types.find(
    (each) => !['full_attention', 'sliding_attention'].includes(String(each)),
  );
  const reason = type === undefined ? field : `layer type "${type}"`;
  if (reason !== undefined) throw catalogError('catalog.unsupported-model', { path, reason });
}

function toDtype(name: string): string {
  return name.startsWith('float8') ? 'float8' : name;
}

function toBlockScaling({ quantization_config: scaling }: Config): Pick<Model, 'fp8BlockShape'> {
  const shape = scaling?.quant_method === 'fp8' ? scaling.weight_block_size : undefined;
  return shape ? { fp8BlockShape: shape } : {};
}

function toAttention(config: Config): Partial<Attention> {
  const heads = config.num_attention_heads;
  if (config.kv_lora_rank) {
    return {
      kind: 'mla',
      heads,
      queryRank: config.q_lora_rank ?? null,
      kvRank: config.kv_lora_rank,
      ...(config.qk_rope_head_dim ? { ropeHeadSize: config.qk_rope_head_dim } : {}),
      ...(config.qk_nope_head_dim ? { nopeHeadSize: config.qk_nope_head_dim } : {}),
      ...(config.v_head_dim ? { valueHeadSize: config.v_head_dim } : {}),
    };
  }
  return {
    kind: 'gqa',
    heads,
    kvHeads: config.num_key_value_heads ?? heads,
    headSize: config.head_dim ?? config.hidden_size / heads,
    slidingWindow: toSlidingWindow(config),
  };
}

/** `layer_types` decides where it is there; else Qwen's switch and first sliding layer; else every layer slides. */
function toSlidingWindow(config: Config): { tokens: number; layers: number } | null {
  const tokens = config.sliding_window;
  if (!tokens || config.use_sliding_window === false) return null;
  const layers =
    config.layer_types?.filter((type) => type === 'sliding_attention').length ??
    config.num_hidden_layers - (config.max_window_layers ?? 0);
  return layers > 0 ? { tokens, layers } : null;
}

function toFeedForward(config: Config): Partial<FeedForward> {
  const experts = config.n_routed_experts ?? config.num_local_experts ?? config.num_experts;
  const width = config.intermediate_size;
  if (!experts) return { kind: 'dense', ...(width ? { width } : {}) };
  const expertWidth = config.moe_intermediate_size ?? width;
  const expertsPerToken = config.num_experts_per_tok ?? config.experts_per_token;
  const denseLayers = countDenseLayers(config);
  const sharedWidth =
    config.shared_expert_intermediate_size ?? (config.n_shared_experts ?? 0) * (expertWidth ?? 0);
  return {
    kind: 'moe',
    experts,
    ...(expertsPerToken ? { expertsPerToken } : {}),
    ...(expertWidth ? { expertWidth } : {}),
    sharedWidth,
    denseLayers,
    denseWidth: denseLayers > 0 ? (width ?? null) : null,
  };
}

/** DeepSeek: the first k layers. Qwen: the named ones, and all but every n-th. */
function countDenseLayers(config: Config): number {
  if (config.first_k_dense_replace) return config.first_k_dense_replace;
  const named = new Set(config.mlp_only_layers);
  const step = config.decoder_sparse_step ?? 1;
  let dense = 0;
  for (let layer = 0; layer < config.num_hidden_layers; layer++) {
    if (named.has(layer) || (layer + 1) % step !== 0) dense++;
  }
  return dense;
}
