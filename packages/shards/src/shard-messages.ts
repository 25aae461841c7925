import { canonicalJson } from '@wavetune/core';
import type { ShardCell, ShardPartial } from './shard-partial.ts';
import type { ShardQuestion } from './shard-question.ts';
import { shardsError } from './shards-errors.ts';

const QUESTION = 'shard-question/1';
const PARTIAL = 'shard-partial/1';

/** A question as a word of a command line: no shell and no SQL finds anything in it to expand. */
export function encodeQuestion(question: ShardQuestion): string {
  return Buffer.from(canonicalJson({ schema: QUESTION, ...question })).toString('base64url');
}

/** @throws WavetuneError `shards.bad-message` */
export function decodeQuestion(word: string): ShardQuestion {
  const what = 'the question';
  const text = Buffer.from(word, 'base64url').toString('utf8');
  return parsed<ShardQuestion & { readonly schema: string }>(what, text, QUESTION);
}

/** One line of canonical JSON without its end: neither tab nor line end is in it. Sums beyond 2^53 are text. */
export function encodePartial(partial: ShardPartial): string {
  return canonicalJson({
    schema: PARTIAL,
    ...partial,
    shardInputSquared: String(partial.shardInputSquared),
    cells: partial.cells.map((cell) => ({
      ...cell,
      hitTokensSquared: cell.hitTokensSquared === null ? null : String(cell.hitTokensSquared),
      shardHitsSquared: String(cell.shardHitsSquared),
      shardHitsTimesInput: String(cell.shardHitsTimesInput),
    })),
  });
}

/** Inverse of {@link encodePartial}. @throws WavetuneError `shards.bad-message` */
export function decodePartial(line: string): ShardPartial {
  const what = 'a partial result';
  const { schema: _, ...found } = parsed<EncodedPartial>(what, line, PARTIAL);
  try {
    return {
      ...found,
      shardInputSquared: BigInt(found.shardInputSquared),
      cells: found.cells.map(
        (cell): ShardCell => ({
          ...cell,
          hitTokensSquared: cell.hitTokensSquared === null ? null : BigInt(cell.hitTokensSquared),
          shardHitsSquared: BigInt(cell.shardHitsSquared),
          shardHitsTimesInput: BigInt(cell.shardHitsTimesInput),
        }),
      ),
    };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw shardsError('shards.bad-message', { what, reason }, { cause });
  }
}

/** Sums beyond 2^53 as text. */
interface EncodedPartial extends Omit<ShardPartial, 'shardInputSquared' | 'cells'> {
  readonly schema: string;
  readonly shardInputSquared: string;
  readonly cells: readonly EncodedCell[];
}

interface EncodedCell
  extends Omit<ShardCell, 'hitTokensSquared' | 'shardHitsSquared' | 'shardHitsTimesInput'> {
  readonly hitTokensSquared: string | null;
  readonly shardHitsSquared: string;
  readonly shardHitsTimesInput: string;
}

/** JSON of our own making, which its schema's name vouches for. */
function parsed<Message extends { readonly schema: string }>(
  what: string,
  text: string,
  schema: string,
): Message {
  let found: Partial<Message> | null;
  try {
    found = JSON.parse(text);
  } catch (cause) {
    const reason = `"${text.slice(0, 80)}" is no JSON`;
    throw shardsError('shards.bad-message', { what, reason }, { cause });
  }
  if (found?.schema === schema) return found as Message;
  throw shardsError('shards.bad-message', { what, reason: `it is no ${schema}` });
}
