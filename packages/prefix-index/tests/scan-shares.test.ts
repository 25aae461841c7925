import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { createEventScanner } from '../src/scan/event-scanner.ts';
import { connectAll, openExchange } from '../src/scan/exchange.ts';
import { startEventScan } from '../src/scan/index.ts';
import { totalsOfLayouts } from '../src/scan/layout-totals.ts';
import { newScanState } from '../src/scan/scan-parts.ts';
import type { PrefixEvent } from '../src/totals/prefix-event.ts';
import { createTotalsTable } from '../src/totals/totals-table.ts';
import { EVENT, NOW } from './support/plain-line.ts';
import { expectSameTotals } from './support/same-totals.ts';

const folder = mkdtempSync(join(tmpdir(), 'scan-shares-'));
afterAll(() => rmSync(folder, { recursive: true }));

const RULES = { halfLifeMillis: 3_600_000, latestMillis: NOW };

let files = 0;
function fileOf(text: string): string {
  const path = join(folder, `${files++}.jsonl`);
  writeFileSync(path, text);
  return path;
}

const event: fc.Arbitrary<PrefixEvent> = fc.record(
  {
    prefix_id: fc.oneof(
      fc.nat(20).map((id) => `prefix-${id}`),
      fc.integer({ min: 1, max: 70 }).map((length) => 'ß'.repeat(length)),
    ),
    tenant: fc.nat(300).map((id) => `tenant-${id}`),
    model_id: fc.constantFrom('m', 'a model of more than sixteen bytes'),
    layer: fc.nat(3),
    page_start: fc.nat(100),
    page_end: fc.integer({ min: 100, max: 200 }),
    bytes: fc.nat(2 ** 30),
    timestamp_ms: fc.integer({ min: NOW - 1e8, max: NOW }),
    latency_ms: fc.double({ min: 0, max: 1e4, noNaN: true }),
    parent_prefix_id: fc.integer({ min: 1, max: 40 }).map((length) => 'p'.repeat(length)),
    tokens: fc.nat(1000),
    prefill_ms: fc.nat(1000),
  },
  {
    requiredKeys: [
      'prefix_id',
      'tenant',
      'model_id',
      'layer',
      'page_start',
      'page_end',
      'bytes',
      'timestamp_ms',
    ],
  },
);

/** Each part is scanned by one of `count` scanners, which pass on what they find after it. */
function sharedTotals(parts: readonly (readonly PrefixEvent[])[], count: number) {
  const scanners = Array.from({ length: count }, (_, number) =>
    createEventScanner(RULES, { count, number }),
  );
  parts.forEach((events, part) => {
    const from = part % count;
    const text = events.map((each) => JSON.stringify(each)).join('\n');
    const descriptor = openSync(fileOf(text), 'r');
    const sizeBytes = Buffer.byteLength(text);
    expect(scanners[from].scan({ descriptor, from: 0, to: sizeBytes, sizeBytes })).toBe(true);
    closeSync(descriptor);
    scanners.forEach((scanner, number) => {
      const sent = scanners[from].takeSent(number);
      if (sent !== undefined) expect(scanner.addSent(from, sent)).toBe(true);
    });
  });
  return totalsOfLayouts(
    scanners.map((scanner) => scanner.layOut()),
    scanners.some((scanner) => scanner.isWide()),
  )!;
}

describe('scanners that share a file', () => {
  it('find together what one would, each key in one of them', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(event, { minLength: 1, maxLength: 200, size: 'max' }), {
          minLength: 1,
          maxLength: 6,
        }),
        fc.integer({ min: 1, max: 4 }),
        (parts, count) => {
          const found = sharedTotals(parts, count);
          const table = createTotalsTable(RULES.halfLifeMillis);
          for (const each of parts.flat()) table.addEvent(each);
          const expected = table.columns();
          expect(found.rowCount).toBe(expected.rowCount);
          expectSameTotals(found, expected, RULES.halfLifeMillis);
        },
      ),
      { numRuns: 40 },
    );
  });

  /** Of no latency. */
  const LINE = JSON.stringify({ ...EVENT, latency_ms: undefined, timestamp_ms: NOW });

  it('end together where one finds something odd, or where nobody wants to know any more', async () => {
    const lines = `${LINE}\n`.repeat(200_000);
    for (const place of [0, lines.length >> 1, lines.length]) {
      const odd = fileOf(`${lines.slice(0, place)}{}\n${lines.slice(place)}`);
      expect(await startEventScan(odd, RULES, 4).finish()).toBeUndefined();
    }
    const scan = startEventScan(fileOf(lines), RULES, 4);
    const finished = scan.finish();
    scan.cancel();
    expect(await finished).toBeUndefined();
  });

  it('count the latencies of a prefix past what one item of its list holds', () => {
    const lines = `${LINE.replace('}', ',"latency_ms":3}')}\n`.repeat(10_000);
    const descriptor = openSync(fileOf(lines), 'r');
    const part = { descriptor, from: 0, to: lines.length, sizeBytes: lines.length };
    const sent = [0, 1].map((number) => {
      const scanner = createEventScanner(RULES, { count: 2, number });
      expect(scanner.scan(part)).toBe(true);
      return scanner.takeSent(1 - number);
    });
    closeSync(descriptor);
    const number = sent[0] === undefined ? 0 : 1;
    const scanner = createEventScanner(RULES, { count: 2, number });
    for (let i = 0; i < 500; i++) expect(scanner.addSent(1 - number, sent[1 - number]!)).toBe(true);
    const totals = totalsOfLayouts([scanner.layOut()], false)!;
    expect(totals.latencies).toEqual([[expect.any(Number), 5_000_000]]);
  });

  it('wait for each other before too much is on its way', async () => {
    const [own, others] = connectAll(2);
    const state = newScanState();
    const bytes = new Uint8Array(8);
    const sender = { takeSent: () => bytes, addSent: () => true };
    const { pass, catchUp } = openExchange(sender, own, state);
    // Each in a room of a quarter of a MiB.
    for (let i = 0; i < 1024; i++) pass();
    await catchUp();
    for (let i = 0; i < 44; i++) pass();
    let hasCaughtUp = false;
    const caughtUp = catchUp().then(() => {
      hasCaughtUp = true;
    });
    await sleep(20);
    expect(hasCaughtUp).toBe(false);
    let taken = 0;
    const takes = { takeSent: () => undefined, addSent: () => ++taken > 0 };
    openExchange(takes, others, state).pass();
    await caughtUp;
    expect(taken).toBeGreaterThanOrEqual(1068);
    for (const port of [...own, ...others]) port?.close();
  });
});
