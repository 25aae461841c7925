import type { Tokenizer } from '../../src/tokens/tokenizer.ts';
import { tokensError } from '../../src/tokens/tokens-errors.ts';

/** A token a UTF-16 unit: the text of any tokens can be read off. */
export const LETTERS: Tokenizer = {
  name: 'letters',
  vocabularySize: 0x10000,
  encode: (text) => {
    const whole = typeof text === 'string' ? text : Buffer.from(text).toString();
    if (!whole.isWellFormed()) {
      throw tokensError('tokens.invalid-text', { found: 'a lone surrogate' });
    }
    return Uint32Array.from({ length: whole.length }, (_, at) => whole.charCodeAt(at));
  },
  decode: (tokens) => String.fromCharCode(...tokens),
};
