import { planInputError } from './plan-input-errors.ts';

/**
 * The files of `--rhs TAG=FILE …` by tag.
 *
 * @throws WavetuneError `usage.bad-rhs`, `plan-input.repeated-tag`
 */
export function parseRhs(words: readonly string[]): Readonly<Record<string, string>> {
  const files = new Map<string, string>();
  for (const word of words) {
    const at = word.indexOf('=');
    if (at < 1 || at === word.length - 1) throw planInputError('usage.bad-rhs', { found: word });
    const tag = word.slice(0, at);
    if (files.has(tag)) throw planInputError('plan-input.repeated-tag', { tag });
    files.set(tag, word.slice(at + 1));
  }
  return Object.fromEntries(files);
}
