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
  const found = parsed(what, Buffer.from(word, 'base64url').toString('utf8'), QUESTION);
  return found as unknown as ShardQuestion;
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
  const { schema: _, ...found } = parsed(what, line, PARTIAL);
  try {
    return {
      ...found,
      shardInputSquared: BigInt(found.shardInputSquared as string),
      cells: (found.cells as readonly EncodedCell[]).map(
        (cell): ShardCell => ({
          ...cell,
          hitTokensSquared: cell.hitTokensSquared === null ? null : BigInt(cell.hitTokensSquared),
          shardHitsSquared: BigInt(cell.shardHitsSquared),
          shardHitsTimesInput: BigInt(cell.shardHitsTimesInput),
        }),
      ),
    } as ShardPartial;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw shardsError('shards.bad-message', { what, reason }, { cause });
  }
}

type BigintKeys = 'hitTokensSquared' | 'shardHitsSquared' | 'shardHitsTimesInput';

type EncodedCell = Omit<ShardCell, BigintKeys> & {
  readonly hitTokensSquared: string | null;
  readonly shardHitsSquared: string;
  readonly shardHitsTimesInput: string;
};

function parsed(what: string, text: string, schema: string): Record<string, unknown> {
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch (cause) {
    const reason = `"${text.slice(0, 80)}" is no JSON`;
    throw shardsError('shards.bad-message', { what, reason }, { cause });
  }
  const isObject = typeof found === 'object' && found !== null && 'schema' in found;
  if (isObject && found.schema === schema) return found as unknown as Record<string, unknown>;
  throw shardsError('shards.bad-message', { what, reason: `it is no ${schema}` });
}
