import { isWavetuneError } from '@wavetune/core';
import type { Registry } from '../registry/registry.ts';
import type { OwnerKey, Prompt } from '../registry/types.ts';
import type { Embedder } from '../semantic/embedder.ts';
import type { SemanticIndex, SemanticNeighbour } from '../semantic/semantic-index.ts';

/** Contexts that are alike by embedding, or the code of why they are not known. */
export interface Neighbours {
  readonly neighbours: readonly SemanticNeighbour[];
  readonly embeddingFailure?: string;
}

/** Embeds what is registered and asked. An embedder that fails takes away its own advice alone. */
export interface Embedding {
  /** A vector a prompt, in order; undefined where nothing in it has a direction. The prompts are valid. */
  readonly vectorsOf: (prompts: readonly Prompt[]) => Promise<{
    readonly vectors: readonly (Float32Array | undefined)[];
    readonly failure?: string;
  }>;
  readonly neighbours: (target: Prompt | OwnerKey, count: number) => Promise<Neighbours>;
  readonly failures: () => number;
}

export interface EmbeddingParts {
  readonly registry: Registry;
  readonly embedder: Embedder;
  readonly index: SemanticIndex;
  readonly onFailure: (failure: unknown) => void;
}

export function createEmbedding(parts: EmbeddingParts): Embedding {
  const { registry, embedder, index, onFailure } = parts;
  let failures = 0;
  const explained = (failure: unknown): string => {
    failures++;
    onFailure(failure);
    return isWavetuneError(failure) ? failure.code : 'semantic.failed';
  };
  return {
    vectorsOf: async (prompts) => {
      try {
        const vectors = await embedder.embed(prompts.map((prompt) => textOf(registry, prompt)));
        return { vectors: vectors.map((vector) => (hasDirection(vector) ? vector : undefined)) };
      } catch (failure) {
        return { vectors: [], failure: explained(failure) };
      }
    },
    neighbours: async (target, count) => {
      if ('agent' in target) {
        const [{ vector, scope, label }] = registry.entriesOf(target);
        if (vector === undefined) return { neighbours: [] };
        return { neighbours: index.neighbours({ vector, scope, count, without: label }) };
      }
      registry.encode(target);
      try {
        const [vector] = await embedder.embed([textOf(registry, target)]);
        if (!hasDirection(vector)) return { neighbours: [] };
        return { neighbours: index.neighbours({ vector, scope: target.scope ?? {}, count }) };
      } catch (failure) {
        return { neighbours: [], embeddingFailure: explained(failure) };
      }
    },
    failures: () => failures,
  };
}

/** Tokens without a tokenizer have no text. */
function textOf({ options: { tokenizer } }: Registry, content: Prompt): string {
  if (!('text' in content)) return tokenizer?.decode(Uint32Array.from(content.tokens)) ?? '';
  return typeof content.text === 'string' ? content.text : Buffer.from(content.text).toString();
}

function hasDirection(vector: Float32Array): boolean {
  return vector.some((number) => number !== 0);
}
