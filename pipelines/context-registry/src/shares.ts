import type { ContextShare, Divergence, Excerpt } from '@wavetune/context-registry';
import { formatCount } from '@wavetune/core';

const MOST_CHARACTERS = 40;

/** `at token 1,204: "Boston" stands for "Denver"`: where two texts part, in a line. */
export function divergenceLine({ atToken, cause, prompt, context }: Divergence): string {
  const place = `token ${formatCount(atToken)}`;
  switch (cause) {
    case 'none':
      return 'they are equal';
    case 'ended':
      return `${place}: one of them ends`;
    case 'inserted':
      return `${place}: it has ${quoted(prompt)} more`;
    case 'removed':
      return `${place}: it has not ${quoted(context)}`;
    case 'moved':
      return `${place}: it goes on with what stands elsewhere, ${quoted(prompt)}`;
    case 'replaced':
    case 'different':
      return `${place}: ${quoted(prompt)} for ${quoted(context)}`;
  }
}

/** What a reordering would bring beyond what is shared; undefined where there is none. */
export function reorderingLine({ exact, reordering }: ContextShare): string | undefined {
  if (reordering === undefined) return undefined;
  const more = reordering.wouldShare.tokens - exact.tokens;
  return `with what both have put first, ${formatCount(more)} tokens more could be shared`;
}

function quoted({ text, begin, end }: Excerpt): string {
  if (text === undefined) return `${formatCount(end - begin)} tokens`;
  const short = text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text;
  return JSON.stringify(short);
}
