/** What stands behind a key. */
export type JsonKind = 'number' | 'text' | 'boolean' | 'null' | 'list' | 'object';

/** A key of a JSON object and the kind of its value. */
export interface JsonKey {
  readonly name: string;
  readonly kind: JsonKind;
}

/** The keys of a JSON object whose text may break off. */
export interface JsonKeys {
  readonly keys: readonly JsonKey[];
  /** The object was closed inside the text. */
  readonly complete: boolean;
}

const KIND_BY_FIRST_CHARACTER: Readonly<Record<string, JsonKind>> = {
  '"': 'text',
  '[': 'list',
  '{': 'object',
  t: 'boolean',
  f: 'boolean',
  n: 'null',
};
const SPACE = /[\s]/;

/**
 * Reads the top-level keys of the JSON object that `text` begins with, or of the first object of a list, from as much of
 * it as is there: documents can be far longer than what one wants to read in order to recognise them.
 *
 * @returns Undefined where the text does not begin as an object does.
 */
export function readJsonKeys(text: string): JsonKeys | undefined {
  let at = skipSpace(text, 0);
  if (text[at] === '[') at = skipSpace(text, at + 1);
  if (text[at] !== '{') return undefined;
  const keys: JsonKey[] = [];
  at = skipSpace(text, at + 1);
  while (text[at] === '"') {
    const nameEnd = endOfText(text, at);
    const colon = skipSpace(text, nameEnd);
    const value = skipSpace(text, colon + 1);
    if (text[colon] !== ':' || value >= text.length) break;
    const name = parseText(text.slice(at, nameEnd));
    if (name === undefined) return undefined;
    keys.push({ name, kind: KIND_BY_FIRST_CHARACTER[text[value]] ?? 'number' });
    at = skipSpace(text, endOfValue(text, value));
    if (text[at] !== ',') break;
    at = skipSpace(text, at + 1);
  }
  const complete = text[at] === '}';
  return complete || at >= text.length || keys.length > 0 ? { keys, complete } : undefined;
}

function parseText(quoted: string): string | undefined {
  try {
    return JSON.parse(quoted) as string;
  } catch {
    return undefined;
  }
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && SPACE.test(text[at])) at++;
  return at;
}

/** The position after the closing quote of the text that opens at `from`. */
function endOfText(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '"') return at + 1;
  }
  return text.length;
}

/** The position after the value that starts at `from`. */
function endOfValue(text: string, from: number): number {
  if (text[from] === '"') return endOfText(text, from);
  let depth = 0;
  let at = from;
  while (at < text.length) {
    const character = text[at];
    if (character === '"') {
      at = endOfText(text, at);
      continue;
    }
    if (character === '[' || character === '{') depth++;
    else if (character === ']' || character === '}') {
      if (depth === 0) return at;
      depth--;
      if (depth === 0) return at + 1;
    } else if (depth === 0 && (character === ',' || SPACE.test(character))) return at;
    at++;
  }
  return at;
}
