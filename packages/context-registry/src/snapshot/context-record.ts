import { z } from 'zod';
import type { Registry } from '../registry/registry.ts';
import type { Entry, OwnerKey, Registration, Scope } from '../registry/types.ts';

/** A context as files hold it: who owns it, and how much of the payload is its own. */
export const contextRecord = z.strictObject({
  key: z.strictObject({
    tenant: z.string().exactOptional(),
    agent: z.string(),
    context: z.string(),
  }),
  scope: z.strictObject({
    lora: z.string().exactOptional(),
    cacheSalt: z.string().exactOptional(),
  }),
  tokens: z.int().min(0),
  /** Numbers of its embedding; 0 for none. */
  dimensions: z.int().min(0),
});

export type ContextRecord = z.infer<typeof contextRecord>;

/** What keeps the KV blocks of one registry apart from those of another, and whose embeddings it holds. */
export const registryRecord = z.strictObject({
  model: z.string(),
  blockSize: z.int().positive(),
  tokenizer: z.string().nullable(),
  embedder: z.string().nullable(),
});

export type RegistryRecord = z.infer<typeof registryRecord>;

/** @param embedder - The name of what made the embeddings; undefined where there are none. */
export function recordOf({ options }: Registry, embedder: string | undefined): RegistryRecord {
  const { model, blockSize, tokenizer } = options;
  return {
    model: model.name,
    blockSize,
    tokenizer: tokenizer?.name ?? null,
    embedder: embedder ?? null,
  };
}

/** The difference that keeps contexts of `found` out of `registry`; undefined where there is none. */
export function mismatchOf(found: RegistryRecord, registry: Registry): string | undefined {
  const own = recordOf(registry, undefined);
  const fields = ['model', 'blockSize', 'tokenizer'] as const;
  const field = fields.find((name) => found[name] !== own[name]);
  return field && `it was made for ${field} ${found[field]}, this registry has ${own[field]}`;
}

/** The registration without its embedding where another embedder made it: the two cannot be compared. */
export function withVectorsOf<R extends Registration>(
  registration: R,
  made: string | null,
  own: string | undefined,
): R {
  if (made === (own ?? null)) return registration;
  const { vector: _, ...rest } = registration;
  return rest as R;
}

/** The record of an entry and its bytes: tokens as u32, the embedding as f32, both little-endian. */
export function encodeContext(
  entry: Entry,
  tokens: Uint32Array,
): { readonly record: ContextRecord; readonly payload: readonly Uint8Array[] } {
  const { key, scope, vector } = entry;
  return {
    record: {
      key: keyFields(key),
      scope: scopeFields(scope),
      tokens: tokens.length,
      dimensions: vector?.length ?? 0,
    },
    payload: vector === undefined ? [bytesOf(tokens)] : [bytesOf(tokens), bytesOf(vector)],
  };
}

/**
 * The registrations of `records` whose bytes follow each other in `payload`.
 *
 * @param refuse - Makes the error where the payload is not exactly as long as the records say.
 */
export function decodeContexts(
  records: readonly ContextRecord[],
  payload: Uint8Array,
  refuse: (reason: string) => Error,
): readonly (Registration & { readonly tokens: Uint32Array })[] {
  const expected = records.reduce(
    (sum, record) => sum + 4 * (record.tokens + record.dimensions),
    0,
  );
  if (payload.length !== expected) {
    throw refuse(`it holds ${payload.length} bytes of tokens, its header names ${expected}`);
  }
  let at = 0;
  const take = (count: number): ArrayBuffer => {
    const copy = new Uint8Array(payload.subarray(at, at + 4 * count));
    at += 4 * count;
    return copy.buffer;
  };
  return records.map(({ key, scope, tokens, dimensions }) => ({
    key,
    scope,
    tokens: new Uint32Array(take(tokens)),
    ...(dimensions > 0 && { vector: new Float32Array(take(dimensions)) }),
  }));
}

function keyFields({ tenant, agent, context }: OwnerKey): ContextRecord['key'] {
  return { ...(tenant !== undefined && { tenant }), agent, context };
}

function scopeFields({ lora, cacheSalt }: Scope): ContextRecord['scope'] {
  return { ...(lora !== undefined && { lora }), ...(cacheSalt !== undefined && { cacheSalt }) };
}

/** Node runs on little-endian machines alone. */
function bytesOf({ buffer, byteOffset, byteLength }: Uint32Array | Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
