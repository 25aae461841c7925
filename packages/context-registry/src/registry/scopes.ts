import { NONE } from '@wavetune/core';
import { createIdPool } from '../exact/id-pool.ts';

/** Scopes in use, by label, as small numbers. */
export interface Scopes {
  /** The number of a scope, `NONE` where nothing is held in it. */
  find(label: string): number;
  /** The same, made where it is new, and held once more. */
  hold(label: string): number;
  release(label: string): void;
}

export function createScopes(): Scopes {
  const pool = createIdPool();
  const byLabel = new Map<string, { readonly id: number; holders: number }>();
  return {
    find: (label) => byLabel.get(label)?.id ?? NONE,
    hold(label) {
      const known = byLabel.get(label);
      if (known !== undefined) {
        known.holders++;
        return known.id;
      }
      const id = pool.take();
      byLabel.set(label, { id, holders: 1 });
      return id;
    },
    release(label) {
      const known = byLabel.get(label);
      if (known === undefined || --known.holders > 0) return;
      byLabel.delete(label);
      pool.giveBack(known.id);
    },
  };
}
