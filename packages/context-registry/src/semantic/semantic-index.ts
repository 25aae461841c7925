import { scopeLabelOf } from '../registry/owner-key.ts';
import type { Entry, OwnerKey, RegistryIndex, Scope } from '../registry/types.ts';
import { semanticError } from './semantic-errors.ts';
import { createVectorIndex, type VectorIndex } from './vector-index.ts';

/** A context that is alike by its embedding. Advice: its KV cannot be reused for that. */
export interface SemanticNeighbour {
  readonly owner: OwnerKey;
  readonly cosine: number;
}

/** Entries that carry an embedding, in step with the registry. */
export interface SemanticIndex extends RegistryIndex {
  /** Within the scope, the nearest first. An entry that the caller leaves out does not count. */
  readonly neighbours: (query: SemanticQuery) => readonly SemanticNeighbour[];
  /** Entries with an embedding. */
  readonly size: () => number;
}

export interface SemanticQuery {
  readonly vector: Float32Array;
  readonly scope: Scope;
  readonly count: number;
  /** Of the entry that the question is about. */
  readonly without?: string;
}

/** A scope has a graph of its own: a search never passes through another's contexts. */
interface ScopeVectors {
  readonly vectors: VectorIndex;
  readonly entries: Map<number, Entry>;
}

/** @param dimensions - Of every embedding. `prepare` throws `semantic.bad-vector` for another. */
export function createSemanticIndex(dimensions: number): SemanticIndex {
  const scopes = new Map<string, ScopeVectors>();
  const keys = new Map<string, number>();
  let nextKey = 0;
  const remove = (entry: Entry): void => {
    const key = keys.get(entry.label);
    if (key === undefined) return;
    const scopeLabel = scopeLabelOf(entry.scope);
    const scope = scopes.get(scopeLabel);
    keys.delete(entry.label);
    scope?.entries.delete(key);
    scope?.vectors.delete(key);
    if (scope?.entries.size === 0) scopes.delete(scopeLabel);
  };
  const add = (entry: Entry): void => {
    if (entry.vector === undefined) return;
    const scopeLabel = scopeLabelOf(entry.scope);
    const scope = scopes.get(scopeLabel) ?? {
      vectors: createVectorIndex(dimensions),
      entries: new Map(),
    };
    scopes.set(scopeLabel, scope);
    const key = nextKey++;
    keys.set(entry.label, key);
    scope.entries.set(key, entry);
    scope.vectors.set(key, entry.vector);
  };
  return {
    name: 'semantic',
    prepare: ({ added, removed }) => {
      for (const { label, vector } of added) checkVector(label, vector, dimensions);
      return () => {
        removed.forEach(remove);
        added.forEach(add);
      };
    },
    neighbours: ({ vector, scope: asked, count, without }) => {
      const scope = scopes.get(scopeLabelOf(asked));
      if (scope === undefined) return [];
      checkVector('the question', vector, dimensions);
      return scope.vectors
        .search(vector, count + 1)
        .map(({ key, cosine }) => ({ entry: scope.entries.get(key)!, cosine }))
        .filter(({ entry }) => entry.label !== without)
        .slice(0, count)
        .map(({ entry, cosine }) => ({ owner: entry.key, cosine }));
    },
    size: () => keys.size,
  };
}

function checkVector(label: string, vector: Float32Array | undefined, dimensions: number): void {
  if (vector === undefined) return;
  if (vector.length !== dimensions) {
    const reason = `it has ${vector.length} numbers; this registry's have ${dimensions}`;
    throw semanticError('semantic.bad-vector', { label, reason });
  }
  let squares = 0;
  for (const number of vector) squares += number * number;
  if (!Number.isFinite(squares) || squares === 0) {
    const reason = 'its length is zero or no number, so it has no direction';
    throw semanticError('semantic.bad-vector', { label, reason });
  }
}
