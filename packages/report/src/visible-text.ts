/**
 * Text from logs as it can be shown: control characters and those that turn the direction of what follows are spelled
 * out (`⟨U+202E⟩`), lone surrogates replaced. Letters of any script, emoji and joiners stay; line ends and tabs too.
 */
export function visibleText(text: string): string {
  return text.toWellFormed().replace(HIDDEN, spelledOut);
}

/** Within a sentence of ours: its own direction must not turn the sentence. */
export function isolated(text: string): string {
  return `\u2068${text}\u2069`;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to be shown
const HIDDEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e]/g;

function spelledOut(character: string): string {
  const digits = character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
  return `⟨U+${digits}⟩`;
}
