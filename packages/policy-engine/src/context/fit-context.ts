import { canonicalJson } from '@wavetune/core';
import type { WindowContext } from './window-context.ts';

/** Bytes of a context's JSON that make a token: 2.5 to 3.3 by the vocabularies that were tried (README, "Tokens"). */
const BYTES_PER_TOKEN = 2.4;

/** Below it not even a context without lists is sure to fit. */
export const LEAST_TOKEN_BUDGET = 500;

/** Room for what `trimmed` says of one list. */
const TRIMMED_BYTES = 60;

/** Lists in the order in which they are given up. */
const LEAST_IMPORTANT_FIRST = [
  'profiles',
  'neighbours',
  'topCategories',
  'sessions',
  'keys',
  'topItems',
] as const satisfies readonly (keyof WindowContext)[];

/** The context's bytes: canonical, so that equal contexts are equal bytes. */
export function encodeContext(context: WindowContext): string {
  return canonicalJson(context);
}

/** Tokens that the context takes in a prompt, by its bytes. */
export function tokensOf(context: WindowContext): number {
  return toTokens(byteLength(context));
}

/**
 * Drops rows from the ends of the lists, the least important list first, until the context takes at most `tokenBudget`.
 *
 * Cost: O(bytes of the context).
 */
export function fitContext(context: WindowContext, tokenBudget: number): WindowContext {
  let bytes = byteLength(context);
  const cut: Partial<Record<(typeof LEAST_IMPORTANT_FIRST)[number], readonly unknown[]>> = {};
  const trimmed: WindowContext['trimmed'][number][] = [];
  for (const list of LEAST_IMPORTANT_FIRST) {
    if (toTokens(bytes) <= tokenBudget) break;
    const rows = context[list];
    if (rows.length === 0) continue;
    bytes += TRIMMED_BYTES;
    let kept = rows.length;
    while (kept > 0 && toTokens(bytes) > tokenBudget) bytes -= byteLength(rows[--kept]) + 1;
    cut[list] = rows.slice(0, kept);
    trimmed.push({ list, kept, of: rows.length });
  }
  return { ...context, ...cut, trimmed } as WindowContext;
}

function toTokens(bytes: number): number {
  return Math.ceil(bytes / BYTES_PER_TOKEN);
}

function byteLength(value: unknown): number {
  return Buffer.byteLength(canonicalJson(value));
}
