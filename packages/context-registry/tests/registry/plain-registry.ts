import type { OwnerKey, Scope } from '../../src/index.ts';

/** One context as a textbook would keep it. */
export interface PlainContext {
  readonly key: OwnerKey;
  readonly scope: Scope;
  readonly tokens: readonly number[];
}

/** The registry by definition: a list of token lists, compared token by token. */
export class PlainRegistry {
  readonly contexts = new Map<string, PlainContext>();
  readonly blockSize: number;

  constructor(blockSize: number) {
    this.blockSize = blockSize;
  }

  put(context: PlainContext): void {
    const name = JSON.stringify(context.key);
    this.contexts.delete(name);
    this.contexts.set(name, context);
  }

  take(key: OwnerKey): void {
    this.contexts.delete(JSON.stringify(key));
  }

  /** Full blocks in the longest common token prefix. */
  blocksShared(a: PlainContext, b: PlainContext): number {
    if (JSON.stringify(a.scope) !== JSON.stringify(b.scope)) return 0;
    return Math.floor(commonPrefix(a.tokens, b.tokens) / this.blockSize);
  }

  /** The longest prefix of `prompt` that any context has, in blocks. */
  blocksHeld(prompt: PlainContext): number {
    const shared = [...this.contexts.values()].map((one) => this.blocksShared(prompt, one));
    return Math.max(0, ...shared);
  }

  /** Prefixes in full blocks, as text: as many as there are distinct blocks. */
  prefixes(): Map<string, number> {
    const owners = new Map<string, number>();
    for (const { scope, tokens } of this.contexts.values()) {
      for (let end = this.blockSize; end <= tokens.length; end += this.blockSize) {
        const prefix = JSON.stringify([scope, tokens.slice(0, end)]);
        owners.set(prefix, (owners.get(prefix) ?? 0) + 1);
      }
    }
    return owners;
  }
}

/** Tokens that both lists begin with. */
export function commonPrefix(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let common = 0;
  while (common < a.length && common < b.length && a[common] === b[common]) common++;
  return common;
}
