import { visibleText } from '../visible-text.ts';

/** Markup that was made here, not found in a log. */
export interface Markup {
  readonly markup: string;
}

type Part = Markup | string | number | null | undefined | readonly Part[];

/**
 * Markup from a template. Whatever is put in is text and escaped, in content and in quoted attributes alike, unless it is
 * markup itself; null and undefined are nothing; lists are joined.
 */
export function html(texts: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return {
    markup: texts.map((text, i) => (i === 0 ? text : markupOf(parts[i - 1]) + text)).join(''),
  };
}

/** Markup as it is; only for what does not come from a document. */
export function raw(markup: string): Markup {
  return { markup };
}

/** JSON for a data block: nothing in it can end the block. */
export function jsonMarkup(value: unknown): Markup {
  const json = JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return raw(json);
}

function markupOf(part: Part): string {
  if (part === null || part === undefined) return '';
  if (typeof part === 'number') return String(part);
  if (typeof part === 'string') return escaped(part);
  if ('markup' in part) return part.markup;
  return part.map(markupOf).join('');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return visibleText(text).replace(/[&<>"']/g, (character) => ENTITIES[character]);
}
