/**
 * The outermost spans `{ … }` of a text in their order, braces within strings not counted.
 *
 * Strings stand between double or single quotes, only within braces, and end at a line's end at the latest, so that an
 * apostrophe in prose does not swallow what follows; with `acrossLines`, those between double quotes go on. A span that never
 * closes is left out and ends the search.
 *
 * Cost: one pass over the text.
 */
export function* bracedSpans(text: string, acrossLines: boolean): Generator<string> {
  let depth = 0;
  let from = 0;
  let quote = '';
  for (let at = 0; at < text.length; at++) {
    const letter = text[at];
    if (quote !== '') {
      if (letter === '\\') at++;
      else if (letter === quote || (letter === '\n' && !(acrossLines && quote === '"'))) quote = '';
    } else if (letter === '{') {
      if (depth++ === 0) from = at;
    } else if (depth > 0) {
      if (letter === '"' || letter === "'") quote = letter;
      else if (letter === '}' && --depth === 0) yield text.slice(from, at + 1);
    }
  }
}

/**
 * Turns three habits of models into JSON and touches nothing else: commas before a closing bracket go, strings between single
 * quotes stand between double ones, and control characters in strings are escaped. JSON stays as it is.
 *
 * Cost: one pass over the text.
 */
export function repairLightly(text: string): string {
  const out: string[] = [];
  let comma = '';
  for (let at = 0; at < text.length; at++) {
    const letter = text[at];
    if (comma !== '') {
      if (/\s/.test(letter)) {
        comma += letter;
        continue;
      }
      out.push(letter === '}' || letter === ']' ? comma.slice(1) : comma);
      comma = '';
    }
    if (letter === ',') comma = letter;
    else if (letter === '"' || letter === "'") {
      const end = endOfString(text, at);
      const string = text.slice(at, end);
      out.push(escapeControls(letter === '"' ? string : toDoubleQuotes(string)));
      at = end - 1;
    } else out.push(letter);
  }
  return out.join('') + comma;
}

/** Where the string that begins at `from` is over: past its quote, or at the text's end. */
function endOfString(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === text[from]) return at + 1;
  }
  return text.length;
}

/** Some grammars that endpoints hold models to let line ends stand in strings. */
function escapeControls(string: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return string.replace(/[\u0000-\u001f]/g, (found) => JSON.stringify(found).slice(1, -1));
}

function toDoubleQuotes(string: string): string {
  const inner = string
    .slice(1, -1)
    .replace(/\\.|"/gs, (found) => (found === "\\'" ? "'" : found === '"' ? '\\"' : found));
  return `"${inner}"`;
}
