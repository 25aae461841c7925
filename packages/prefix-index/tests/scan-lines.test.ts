import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { startEventScan } from '../src/scan/index.ts';
import { AT, ROW_WIDTH } from '../src/totals/totals-columns.ts';
import { createTotalsTable } from '../src/totals/totals-table.ts';
import { EVENT, LINE, NOW } from './support/plain-line.ts';
import { expectSameTotals } from './support/same-totals.ts';

const folder = mkdtempSync(join(tmpdir(), 'scan-lines-'));
afterAll(() => rmSync(folder, { recursive: true }));

const RULES = { halfLifeMillis: 3_600_000, latestMillis: NOW };
let files = 0;
function scan(lines: readonly string[], newline = '\n') {
  const path = join(folder, `${files++}.jsonl`);
  writeFileSync(path, lines.join(newline));
  return startEventScan(path, RULES, 1).finish();
}

async function expectAsParsed(lines: readonly string[], newline?: string): Promise<void> {
  const table = createTotalsTable(RULES.halfLifeMillis);
  for (const line of lines) table.addEvent(JSON.parse(line, (_, value) => value ?? undefined));
  const found = await scan(lines, newline);
  expect(found?.events).toBe(lines.length);
  expectSameTotals(found!.totals, table.columns(), RULES.halfLifeMillis);
}

/** Where a value stands in the line, how wide the blanks are, and what stands there that no event has. */
const shape = fc.record({
  order: fc.shuffledSubarray([...Object.keys(EVENT), 'tokens', 'other'], { minLength: 11 }),
  blanks: fc.constantFrom('', '', ' ', ' '.repeat(40)),
  other: fc.constantFrom('other', 'o', 'a key of more than thirty-two bytes', 'tenants', 'tenan'),
  others: fc.constantFrom(0, 0, 1, 40),
});

const named = fc.record({
  prefix_id: fc.oneof(
    fc.constantFrom(',tenant:', "'}", '{', ' , ', 'é'.repeat(9)),
    fc.integer({ min: 1, max: 40 }).map((length) => 'x'.repeat(length)),
  ),
  tenant: fc.constantFrom('a', 'b'.repeat(16), 'c'.repeat(15)),
  latency_ms: fc.constantFrom(null, 0, 1, 12.345, 1234567, 0.000001),
  tokens: fc.constantFrom(null, 7, 12345678),
  layer: fc.constantFrom(0, 7, '7', 511),
});

const shaped = fc
  .tuple(shape, fc.array(named, { minLength: 1, maxLength: 4 }))
  .map(([{ order, blanks, other, others }, events]) =>
    events.map((event) => {
      const values: Readonly<Record<string, unknown>> = { ...EVENT, ...event, other: 'text' };
      const fields = order.map((key) => [key === 'other' ? other : key, values[key]]);
      for (let i = 0; i < others; i++) fields.push([`more-${i}`, i % 2 === 0 ? i : `${i}`]);
      const tokens = fields.map(([key, value]) =>
        [JSON.stringify(key), ':', JSON.stringify(value)].join(blanks),
      );
      return `{${blanks}${tokens.join(`${blanks},${blanks}`)}${blanks}}`;
    }),
  );

describe('lines of events', () => {
  it('are read whatever the lines before them looked like', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(shaped, { minLength: 1, maxLength: 8 }),
        fc.boolean(),
        (parts, isDos) => expectAsParsed(parts.flat(), isDos ? '\r\n' : '\n'),
      ),
      { numRuns: 200 },
    );
  });

  it('have numbers of any length, each the double that JSON reads', async () => {
    const number = fc.stringMatching(/^(0|[1-9]\d{0,20})(\.\d{1,12})?([eE][+-]?\d{1,2})?$/);
    await fc.assert(
      fc.asyncProperty(fc.array(number, { minLength: 1, maxLength: 20 }), async (texts) => {
        const lines = texts.map((text, i) =>
          LINE.replace('session:A', `${i}`).replace(':4.5', `:${text}`).replace('1048576', text),
        );
        const found = await scan(lines);
        const at = (place: number): number[] =>
          texts.map((_, row) => found!.totals.numbers[row * ROW_WIDTH + place]);
        expect(at(AT.bytes)).toEqual(texts.map(Number));
        expect(at(AT.latencyMillis)).toEqual(texts.map(Number));
      }),
      { numRuns: 200 },
    );
  });

  it.each([
    '',
    '-',
    '00',
    '012345678',
    '0123.5',
    '.5',
    '1.',
    '1.2.3',
    '12345678.',
    '1 2',
    '1e',
    '1,2',
    '1:2',
    '1/2',
    '٣',
  ])('are left to others where a number is »%s«', async (text) => {
    expect(await scan([LINE, LINE.replace('4.5', text)])).toBeUndefined();
    expect(await scan([LINE, LINE.replace('4.5', `"${text}"`)])).toBeUndefined();
  });

  it('are left to others where the last one breaks off, at whatever byte', async () => {
    for (let length = 1; length < LINE.length; length++) {
      expect(await scan([LINE, LINE.slice(0, length)])).toBeUndefined();
    }
    expect((await scan([LINE, LINE]))?.events).toBe(2);
    expect((await scan([LINE, LINE, '']))?.events).toBe(2);
  });

  it('are left to others where a zero byte stands in place of a line', async () => {
    expect(await scan(['\0'.repeat(64), LINE])).toBeUndefined();
    expect(await scan([LINE, '\0'.repeat(64)])).toBeUndefined();
  });

  it('of one prefix sum up however many they are, of whatever pages, latencies and times', async () => {
    const event = fc.record({
      layer: fc.nat(3),
      page_start: fc.nat(40),
      latency_ms: fc.oneof(fc.constant(3), fc.integer({ min: 0, max: 20 }), fc.nat(1e6)),
      timestamp_ms: fc.oneof(
        fc.integer({ min: NOW - 7_200_000, max: NOW }),
        fc.integer({ min: NOW - 1e10, max: NOW }),
      ),
      tokens: fc.nat(100),
      prefill_ms: fc.nat(100),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(event, { minLength: 1, maxLength: 400, size: 'max' }), (events) =>
        expectAsParsed(
          events.map(({ page_start, ...others }) =>
            JSON.stringify({ ...EVENT, ...others, page_start, page_end: page_start + 2 }),
          ),
        ),
      ),
      { numRuns: 60 },
    );
  });
});
