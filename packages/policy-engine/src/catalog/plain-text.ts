/** Code points that a reader does not see or that steer its display: controls, formats, unpaired surrogates, private use. */
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}]+/gu;

/** ASCII words, one space between: most texts, and told ten times as fast. */
const PLAIN_WORDS = /^[!-~]+(?: [!-~]+)*$/;

/** Chosen: a title that tells items apart; what comes after it costs tokens. */
const LONGEST_NAME = 80;

/**
 * Text from outside as planners may see it: one line, without control or invisible characters, at most `longest` UTF-16
 * units and never half a character. What it says stays what it says: to be quoted as data, never to be obeyed.
 */
export function plainText(text: string, longest = LONGEST_NAME): string {
  if (text.length <= longest && PLAIN_WORDS.test(text)) return text;
  const head = text
    .slice(0, 8 * longest)
    .replace(UNSEEN, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return head
    .slice(0, longest)
    .replace(/[\uD800-\uDBFF]$/, '')
    .trimEnd();
}

/** True for keys that can be shown whole, so that a planner can name them: printable and of bounded length. */
export function isPlainKey(key: string): boolean {
  return key.length > 0 && key.length <= 200 && (PLAIN_WORDS.test(key) || key.search(UNSEEN) < 0);
}
