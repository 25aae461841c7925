import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readJsonKeys } from '../src/json-keys.ts';

const KIND_OF = (value: unknown): string => {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'list';
  return { string: 'text' }[typeof value as string] ?? typeof value;
};

describe('readJsonKeys', () => {
  it('names the top-level keys and the kinds of their values', () => {
    const text =
      '{"t": 0.5, "id": "a,}\\"", "on": true, "no": null, "l": [{"x": [1]}], "o": {"k": 1}}';
    expect(readJsonKeys(text)).toEqual({
      complete: true,
      keys: [
        { name: 't', kind: 'number' },
        { name: 'id', kind: 'text' },
        { name: 'on', kind: 'boolean' },
        { name: 'no', kind: 'null' },
        { name: 'l', kind: 'list' },
        { name: 'o', kind: 'object' },
      ],
    });
  });

  it('reads the first object of a list', () => {
    expect(readJsonKeys(' [ {"a": 1}, {"b": 2}]')?.keys).toEqual([{ name: 'a', kind: 'number' }]);
  });

  it('is not fooled by what is no JSON', () => {
    for (const text of ['', 'key,size\n', '[1, 2]', '"{"', 'x{"a":1}']) {
      expect(readJsonKeys(text)).toBeUndefined();
    }
  });

  it('agrees with JSON.parse on every object, and breaks off to a prefix of its keys', () => {
    const object = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 }));
    fc.assert(
      fc.property(object, fc.nat(), (value, cut) => {
        const text = JSON.stringify(value);
        const whole = readJsonKeys(text)!;
        const parsed = JSON.parse(text) as Record<string, unknown>;
        const expected = Object.keys(parsed).map((name) => ({ name, kind: KIND_OF(parsed[name]) }));
        const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1);
        expect(whole.complete).toBe(true);
        expect([...whole.keys].sort(byName)).toEqual([...expected].sort(byName));
        const part = readJsonKeys(text.slice(0, cut % (text.length + 1)));
        if (part === undefined) return;
        expect(part.keys).toEqual(whole.keys.slice(0, part.keys.length));
      }),
    );
  });
});
