import type { Registry } from '../registry/registry.ts';
import type { Entry, Match, OwnerKey } from '../registry/types.ts';
import { anchorError } from './anchor-errors.ts';

/** Where an engine really holds a context's KV. */
export interface KvOffsets {
  readonly key: OwnerKey;
  /** The position of the context's first token in what the engine computed. */
  readonly firstPosition: number;
  /** Tokens from there whose KV is held. */
  readonly tokens: number;
}

/** A passage of a prompt whose KV is held for other positions. */
export interface OffsetHint {
  readonly owner: OwnerKey;
  /** `[begin, end)` in the prompt. */
  readonly begin: number;
  readonly end: number;
  /** The position at which its KV was computed. */
  readonly heldPosition: number;
  /** What re-rotation would move it by. Advice: such KV is approximate, and is never counted as saved. */
  readonly delta: number;
}

/** Offsets by context, as callers report them. */
export interface OffsetBook {
  /** @throws WavetuneError `anchor.bad-offset`, `registry.unknown-owner` */
  readonly report: (offsets: KvOffsets) => void;
  /** Of what a prompt was found to have in common, the passages that were reported as held. */
  readonly hints: (match: Match) => readonly OffsetHint[];
  readonly size: () => number;
  readonly close: () => void;
}

interface Reported {
  readonly entry: Entry;
  readonly firstPosition: number;
  readonly tokens: number;
}

/**
 * Keeps reported offsets while their contexts are registered. Nothing is guessed: a context without a report gives no hint.
 */
export function createOffsetBook(registry: Registry): OffsetBook {
  const book = new Map<string, Reported>();
  const close = registry.observe({ removed: ({ label }) => book.delete(label) });
  return {
    report: ({ key, firstPosition, tokens }) => {
      const [entry] = registry.entriesOf(key);
      checkOffsets({ firstPosition, tokens }, entry.tokenCount);
      book.set(entry.label, { entry, firstPosition, tokens });
    },
    hints: ({ advisory }) =>
      advisory.flatMap((match) => {
        if (match.kind !== 'passage') return [];
        const entry = registry.get(match.owner);
        const reported = entry && book.get(entry.label);
        if (reported === undefined) return [];
        const held = Math.min(match.context.end, reported.tokens) - match.context.begin;
        if (held <= 0) return [];
        const heldPosition = reported.firstPosition + match.context.begin;
        const { begin } = match.prompt;
        return [
          {
            owner: match.owner,
            begin,
            end: begin + held,
            heldPosition,
            delta: begin - heldPosition,
          },
        ];
      }),
    size: () => book.size,
    close,
  };
}

function checkOffsets(
  { firstPosition, tokens }: Pick<KvOffsets, 'firstPosition' | 'tokens'>,
  tokenCount: number,
): void {
  if (!Number.isSafeInteger(firstPosition) || firstPosition < 0) {
    const reason = `the first position is ${firstPosition}; accepted is a whole number from 0 up`;
    throw anchorError('anchor.bad-offset', { reason });
  }
  if (!Number.isSafeInteger(tokens) || tokens < 1 || tokens > tokenCount) {
    const reason = `${tokens} tokens are said to be held; the context has ${tokenCount}`;
    throw anchorError('anchor.bad-offset', { reason });
  }
}
