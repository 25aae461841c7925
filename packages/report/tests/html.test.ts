import fc from 'fast-check';
import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { html, jsonMarkup } from '../src/page/html.ts';
import { visibleText } from '../src/visible-text.ts';
import { HOSTILE } from './fixtures.ts';

const texts = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...HOSTILE));

describe('html', () => {
  it('escapes what is put in, and joins lists of markup', () => {
    const items = ['a', '<b>'].map((text) => html`<li>${text}</li>`);
    expect(html`<ul title="${'"'}">${items}${null}</ul>`.markup).toBe(
      '<ul title="&quot;"><li>a</li><li>&lt;b&gt;</li></ul>',
    );
  });

  it('lets no text become markup, neither as content nor in an attribute', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const { markup } = html`<body><p title="${text}">${text}</p></body>`;
        const { document } = parseHTML(`<!doctype html><html>${markup}</html>`);
        expect(document.querySelectorAll('body *')).toHaveLength(1);
        expect(document.querySelector('p')?.getAttributeNames()).toEqual(['title']);
        expect(document.querySelector('p')?.textContent).toBe(visibleText(text));
      }),
    );
  });
});

describe('jsonMarkup', () => {
  it('is JSON of the value, and holds nothing that could end its block', () => {
    fc.assert(
      fc.property(fc.array(texts), (value) => {
        const { markup } = jsonMarkup(value);
        expect(markup).not.toMatch(/[<>&\u2028\u2029]/);
        expect(JSON.parse(markup)).toEqual(value);
      }),
    );
  });
});

describe('visibleText', () => {
  it('spells out controls and what turns the direction, and keeps letters and emoji', () => {
    expect(visibleText('\u202Egnp.exe')).toBe('⟨U+202E⟩gnp.exe');
    expect(visibleText('a\u0000b')).toBe('a⟨U+0000⟩b');
    expect(visibleText('שלום 👩‍👩‍👧‍👦\n')).toBe('שלום 👩‍👩‍👧‍👦\n');
    expect(visibleText('\uD800')).toBe('\uFFFD');
  });
});
