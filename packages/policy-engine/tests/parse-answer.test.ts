import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DISCARD_KINDS } from '../src/index.ts';
import { bracedSpans, repairLightly } from '../src/plan/find-object.ts';
import { answerJsonSchema, LONGEST_ANSWER, parseAnswer } from '../src/plan/parse-answer.ts';

const PLAN = '{"evict":["item:1"],"prefetch":[{"k":"item:2","ttl":600}]}';
const WISH = { evict: ['item:1'], prefetch: [{ k: 'item:2', ttl: 600 }] };

const wishes = fc.record({
  evict: fc.array(fc.string({ minLength: 1, unit: 'binary' }), { maxLength: 5 }),
  prefetch: fc.array(
    fc.record({ k: fc.string({ minLength: 1, unit: 'binary' }), ttl: fc.integer() }),
    { maxLength: 5 },
  ),
});

/** What models write: words, quotes, brackets, halves of plans. */
const ramblings = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 8 }),
      fc.constantFrom('{', '}', '[', ']', '"', "'", '\\', ',', ':', '\n', '```json', 'evict', PLAN),
    ),
    { maxLength: 60 },
  )
  .map((parts) => parts.join(''));

describe('parseAnswer', () => {
  it.each([
    ['the object alone', PLAN],
    ['within a fence', `\`\`\`json\n${PLAN}\n\`\`\``],
    ['after thoughts and before regards', `<think>It's {hot}.</think> Here's it: ${PLAN} Yours!`],
    ['after braces in prose', `{ it is }\n${PLAN}`],
    ['with trailing commas', PLAN.replace('"]', '" , ]').replace('}]}', ',}\n,\n]\n, }')],
    ['with single quotes', PLAN.replaceAll('"', "'")],
    ['with keys that nobody asked for', `{"reason":"hot {","v":{"a":[]},${PLAN.slice(1)}`],
    [
      'with values, which are not taken from a model',
      PLAN.replace('"ttl"', '"v":"<script>","ttl"'),
    ],
    ['before another', `${PLAN}{"evict":[],"prefetch":[]}`],
  ])('finds a plan %s', (_, text) => {
    expect(parseAnswer(text)).toEqual({ wish: WISH });
  });

  it.each([
    ['no-object', 'I cannot help with caches.', 'it begins "I cannot help with caches."'],
    ['no-object', '', 'it begins ""'],
    ['incomplete-object', PLAN.slice(0, -3), 'it ends '],
    ['incomplete-object', `${PLAN.slice(0, 12)}\n${PLAN.slice(12, -3)}`, 'it ends '],
    ['not-json', '{evict: [item:1]}', 'it begins "{evict: [item:1]}"'],
    ['not-a-plan', '{}', 'evict: '],
    ['not-a-plan', `{"plan":${PLAN}}`, 'evict: '],
    ['not-a-plan', PLAN.replace('600', '"600"'), 'prefetch.0.ttl: '],
    ['not-a-plan', PLAN.replace('"item:1"', '17'), 'evict.0: '],
    [
      'not-a-plan',
      PLAN.replace('"item:1"', `"${'x'.repeat(2000)}"`),
      'evict.0: a key has 1 to 1024',
    ],
    ['not-a-plan', PLAN.replace('"item:1"', Array(1001).fill('"a"').join()), 'evict: '],
    [
      'too-large',
      `${PLAN}${' '.repeat(LONGEST_ANSWER)}`,
      `${LONGEST_ANSWER + PLAN.length} characters`,
    ],
  ])('discards as %s: case %#', (kind, text, detail) => {
    const { discard } = parseAnswer(text);
    expect(discard?.kind).toBe(kind);
    expect(discard?.detail).toContain(detail);
  });

  it('takes a line end in a string for a part of it', () => {
    const text = PLAN.replace('item:1', 'item:1\n\tand more.\n');
    expect(parseAnswer(text).wish?.evict).toEqual(['item:1\n\tand more.\n']);
    expect(parseAnswer(`As you wish:\n${text}`).wish?.prefetch).toEqual(WISH.prefetch);
  });

  it('finds any plan in prose without braces', () => {
    const prose = fc
      .string({ unit: 'binary', maxLength: 40 })
      .map((text) => text.replace(/[{}]/g, ''));
    fc.assert(
      fc.property(prose, wishes, prose, (before, wish, after) => {
        expect(parseAnswer(`${before}${JSON.stringify(wish)}${after}`)).toEqual({ wish });
      }),
    );
  });

  it('never throws, and either gives a plan or a known reason', () => {
    fc.assert(
      fc.property(ramblings, (text) => {
        const { wish, discard } = parseAnswer(text);
        expect(wish === undefined).not.toBe(discard === undefined);
        if (discard !== undefined) expect(DISCARD_KINDS).toContain(discard.kind);
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ['open braces', '{'],
    ['closing braces', '}'],
    ['objects that are none', '{x}'],
    ['quotes', `{"`],
    ['escapes', '{"\\'],
    ['commas', '{, '],
    ['nested arrays', '{"a":[[[['],
    ['apostrophes', "{'\n"],
  ])('takes time in proportion to a text of %s', (_, unit) => {
    const millis = (length: number): number => {
      const text = unit.repeat(length / unit.length);
      const from = performance.now();
      parseAnswer(text);
      return performance.now() - from;
    };
    millis(LONGEST_ANSWER);
    expect(millis(LONGEST_ANSWER)).toBeLessThan(1000);
  });
});

describe('repairLightly', () => {
  it('leaves JSON as it is', () => {
    fc.assert(
      fc.property(fc.json({ stringUnit: 'binary' }), (json) => {
        expect(repairLightly(json)).toBe(json);
      }),
    );
  });

  it('gives back what was written with single quotes and trailing commas', () => {
    const written = (wish: unknown): string =>
      JSON.stringify(wish)
        .replace(/"(?:[^"\\]|\\.)*"/g, (string) => {
          const inner = string.slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'");
          return `'${inner}'`;
        })
        .replace(/([\]}])$/, ',$1');
    fc.assert(
      fc.property(wishes, (wish) => {
        expect(JSON.parse(repairLightly(written(wish)))).toEqual(wish);
      }),
    );
  });
});

describe('bracedSpans', () => {
  it('counts no brace within a string', () => {
    expect([...bracedSpans(`a {"b":"}{"} {'c':'}'} {`, false)]).toEqual([
      `{"b":"}{"}`,
      `{'c':'}'}`,
    ]);
  });
});

describe('answerJsonSchema', () => {
  it('asks for both lists within the caps and for nothing else', () => {
    expect(answerJsonSchema({ evictions: 3, prefetches: 4 })).toEqual({
      type: 'object',
      properties: {
        evict: { type: 'array', maxItems: 3, items: { type: 'string' } },
        prefetch: {
          type: 'array',
          maxItems: 4,
          items: {
            type: 'object',
            properties: { k: { type: 'string' }, ttl: { type: 'number' } },
            required: ['k', 'ttl'],
            additionalProperties: false,
          },
        },
      },
      required: ['evict', 'prefetch'],
      additionalProperties: false,
    });
  });
});
