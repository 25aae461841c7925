import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { looksLikeEventLines, startEventScan } from '../src/scan/index.ts';
import { latencyBucket, leastLatencies } from '../src/totals/latency-buckets.ts';
import type { PrefixEvent } from '../src/totals/prefix-event.ts';
import type { TotalsColumns } from '../src/totals/totals-columns.ts';
import { createTotalsTable } from '../src/totals/totals-table.ts';
import { EVENT, LINE, NOW } from './support/plain-line.ts';
import { expectSameTotals } from './support/same-totals.ts';

const home = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'event-scan-'));
afterAll(() => rmSync(folder, { recursive: true }));

const RULES = { halfLifeMillis: 3_600_000, latestMillis: NOW };

let files = 0;
function scan(text: string | Buffer, threads = 1) {
  const path = join(folder, `${files++}.jsonl`);
  writeFileSync(path, text);
  return startEventScan(path, RULES, threads).finish();
}

function totalsOf(events: readonly PrefixEvent[]): TotalsColumns {
  const table = createTotalsTable(RULES.halfLifeMillis);
  for (const event of events) table.addEvent(event);
  return table.columns();
}

function expectSame(found: TotalsColumns, expected: TotalsColumns): void {
  expectSameTotals(found, expected, RULES.halfLifeMillis);
}

const plainEvent = fc.record(
  {
    prefix_id: fc.constantFrom('a', 'session-1-2f', 'näh', ' ', 'x'.repeat(70)),
    tenant: fc.constantFrom('t1', 'ténant', 'a tenant of more than sixteen bytes'),
    model_id: fc.constantFrom('m', 'n'),
    layer: fc.oneof(fc.nat(511), fc.nat(511).map(String)),
    page_start: fc.nat(2 ** 31 - 5000),
    bytes: fc.oneof(fc.nat(2 ** 40), fc.double({ min: 0, max: 1e12, noNaN: true })),
    timestamp_ms: fc.oneof(
      fc.integer({ min: 0, max: NOW }),
      fc.double({ min: 0, max: NOW, noNaN: true }),
    ),
    span: fc.nat(4095),
    latency_ms: fc.oneof(fc.double({ min: 0, max: 1e7, noNaN: true }), fc.constantFrom(1e-7, 8, 0)),
    parent_prefix_id: fc.constantFrom('root', 'rööt', 'other'),
    tokens: fc.nat(10_000),
    prefill_ms: fc.double({ min: 0, max: 1e5, noNaN: true }),
    other: fc.constantFrom('text', 12.5e-3, true, false, null),
  },
  {
    requiredKeys: [
      'prefix_id',
      'tenant',
      'model_id',
      'layer',
      'page_start',
      'bytes',
      'timestamp_ms',
      'span',
    ],
  },
);

describe('events.wasm', () => {
  it('is what its sources compile to, byte for byte', () => {
    const built = join(folder, 'events.wasm');
    const config = ['--config', 'assembly/asconfig.json', '--outFile', built];
    const asc = join(home, 'node_modules', '.bin', 'asc');
    execFileSync(asc, ['assembly/index.ts', ...config], { cwd: home });
    expect(readFileSync(built).equals(readFileSync(join(home, 'src/scan/events.wasm')))).toBe(true);
  }, 60_000);
});

describe('startEventScan', () => {
  it('sums plain events as adding them one by one does, keys in any order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(plainEvent, { minLength: 1, maxLength: 30 }),
        fc.nat(),
        (raw, seed) => checkEvents(raw, seed),
      ),
      { numRuns: 200 },
    );
  });

  async function checkEvents(
    raw: readonly (Omit<PrefixEvent, 'page_end'> & { readonly span: number })[],
    seed: number,
  ): Promise<void> {
    const events = raw.map(({ span, ...event }) => ({
      ...event,
      page_end: (event.page_start ?? 0) + span,
    }));
    const lines = events.map((event, i) => {
      const fields = Object.entries(event);
      const turned = fields.map((_, at) => fields[(at + seed + i) % fields.length]);
      return JSON.stringify(Object.fromEntries(turned));
    });
    const found = await scan(lines.join(seed % 2 === 0 ? '\n' : '\r\n'));
    expect(found?.events).toBe(events.length);
    expectSame(found!.totals, totalsOf(events));
  }

  it('reads blanks between tokens, nothing in place of what may be left out, and no newline at the end', async () => {
    const line =
      '{ "prefix_id" : "session:A", "tenant": "acme", "model_id": "m", "layer": "12", "page_start": 0, "page_end": 3, ' +
      '"bytes": 1.048576e6, "latency_ms": null, "tokens": null, "timestamp_ms": 1795219195000.0 } ';
    const found = await scan(line);
    const { latency_ms: _, ...event } = EVENT;
    const expected = totalsOf([{ ...event, timestamp_ms: 1_795_219_195_000 }]);
    expectSame(found!.totals, expected);
  });

  const swap = (from: string, to: string): string => {
    expect(LINE).toContain(from);
    return LINE.replace(from, to);
  };
  it.each([
    ['an escape', swap('session', '\\u0073ession')],
    ['an escape in a key', swap('"bytes"', '"b\\u0079tes"')],
    ['a key twice', swap('{', '{"bytes":1,')],
    ['a missing field', swap('"tenant":"acme",', '')],
    ['a null that may not be', swap('"acme"', 'null')],
    ['an empty name', swap('"acme"', '""')],
    ['a number in place of a name', swap('"acme"', '12')],
    ['a text in place of a number', swap('1048576', '"1048576"')],
    ['zeros before a number', swap('1048576', '01048576')],
    ['a point without digits', swap('4.5', '4.')],
    ['an exponent without digits', swap('4.5', '4e')],
    ['a number past all doubles', swap('4.5', '1e999')],
    ['a layer that is no whole number', swap('"layer":12', '"layer":12.0')],
    ['a layer with zeros before it', swap('"layer":12', '"layer":"012"')],
    ['a layer that does not pack', swap('"layer":12', '"layer":512')],
    ['pages that do not pack', swap('"page_end":3', '"page_end":4096')],
    ['a fraction of a page', swap('"page_end":3', '"page_end":3.5')],
    ['a last page before the first', swap('"page_start":0', '"page_start":4')],
    ['a negative size', swap('1048576', '-1')],
    ['a negative latency', swap('4.5', '-4.5')],
    ['a time before 1970', swap(`${NOW - 5000}`, '-1')],
    ['a time in the future', swap(`${NOW - 5000}`, `${NOW + 1}`)],
    ['something nested', swap('{', '{"more":{},')],
    ['a list', swap('{', '{"more":[1],')],
    ['a control in a text', swap('acme', 'ac\tme')],
    ['what is no value', swap('{', '{"more":nul,')],
    ['a comma at the end', LINE.replace('}', ',}')],
    ['two objects in a line', `${LINE}${LINE}`],
    ['an empty line', `${LINE}\n\n${LINE}`],
    ['a line that breaks off', LINE.slice(0, -1)],
    ['a blank before the object', ` ${LINE}`],
    ['no object', '12'],
  ])('leaves a file with %s to others', async (_, line) => {
    expect(await scan(`${LINE}\n${line}\n`)).toBeUndefined();
  });

  it('leaves a file to others whose names are no UTF-8', async () => {
    const bytes = Buffer.from(`${LINE}\n`);
    bytes[bytes.indexOf('acme')] = 0xff;
    expect(await scan(bytes)).toBeUndefined();
    expect(await scan(Buffer.from(swap('{', '{"móre":1,')))).toBeUndefined();
  });

  it('puts latencies into the same buckets next to the bounds of all of them', async () => {
    const near = new Float64Array(leastLatencies().flatMap((bound) => [bound, bound, bound]));
    const bits = new BigInt64Array(near.buffer);
    for (let i = 0; i < near.length; i += 3) bits[i]--;
    for (let i = 2; i < near.length; i += 3) bits[i]++;
    const events = [...near, 0, 1e-9, 1e12].map((millis) => ({ ...EVENT, latency_ms: millis }));
    const found = await scan(events.map((event) => JSON.stringify(event)).join('\n'));
    expect(found?.totals.latencies).toEqual(totalsOf(events).latencies);
  });

  it('finds the same on several threads, whichever takes which part', async () => {
    const events = Array.from({ length: 130_000 }, (_, i) => ({
      ...EVENT,
      prefix_id: `prefix-${(i * 7919) % 4001}`,
      parent_prefix_id: `prefix-${i % 5}`,
      layer: i % 3,
      latency_ms: (i % 997) / 7,
      timestamp_ms: NOW - i * 1000,
      tokens: i % 11,
    }));
    const text = events.map((event) => JSON.stringify(event)).join('\n');
    const found = await scan(text, 3);
    expect(found?.events).toBe(events.length);
    expectSame(found!.totals, totalsOf(events));
    const bad = `${text}\n{}`;
    expect(await scan(bad, 3)).toBeUndefined();
  }, 30_000);

  it('knows lines of events by their first one', () => {
    const path = join(folder, 'head');
    const looks = (text: string): boolean => {
      writeFileSync(path, text);
      return looksLikeEventLines(path);
    };
    expect(looks(LINE)).toBe(true);
    expect(looks(`[${LINE}]`)).toBe(false);
    expect(looks('')).toBe(false);
    expect(looksLikeEventLines(join(folder, 'none'))).toBe(false);
    expect(looksLikeEventLines(folder)).toBe(false);
  });
});

describe('leastLatencies', () => {
  it('is where each bucket begins', () => {
    const bounds = leastLatencies();
    const below = new Float64Array(1);
    const bits = new BigInt64Array(below.buffer);
    bounds.forEach((bound, i) => {
      below[0] = bound;
      bits[0]--;
      expect(latencyBucket(bound) - latencyBucket(below[0])).toBe(1);
      expect(latencyBucket(bound)).toBe(latencyBucket(bounds[0]) + i);
    });
  });
});
