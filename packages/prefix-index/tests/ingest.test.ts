import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEngine } from '@wavetune/engine';
import { withQuarantine } from '@wavetune/ingest';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPrefixIndex } from '../src/index/prefix-index.ts';
import { readDelta } from '../src/ingest/read-delta.ts';
import { suggest } from '../src/suggest/suggest.ts';
import type { BatchDelta } from '../src/totals/batch-delta.ts';
import type { PrefixEvent } from '../src/totals/prefix-event.ts';
import { DEFAULT_SETTINGS } from '../src/totals/settings.ts';
import { AT, ROW_WIDTH, type TotalsColumns } from '../src/totals/totals-columns.ts';
import { createTotalsTable } from '../src/totals/totals-table.ts';
import { expectSameTotals } from './support/same-totals.ts';

const NOW = Date.UTC(2026, 10, 21);
const clock = { nowMillis: () => NOW, monotonicMillis: () => 0 };
const settings = DEFAULT_SETTINGS;

let engine: Awaited<ReturnType<typeof openEngine>>;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prefix-index-ingest-'));
  engine = await openEngine({ threads: 2, memoryLimitBytes: 2 ** 29 });
});
afterAll(async () => {
  await engine.close();
  await rm(folder, { recursive: true });
});

interface Read extends Omit<BatchDelta, 'batchId'> {
  readonly bad: readonly string[];
}

let files = 0;
async function readText(text: string, maxBadRatio = 1): Promise<Read> {
  const path = join(folder, `${files++}.log`);
  await writeFile(path, text);
  return read(path, maxBadRatio);
}

async function read(path: string, maxBadRatio = 1): Promise<Read> {
  const bad: string[] = [];
  const delta = await withQuarantine(undefined, (quarantine) =>
    readDelta(
      {
        path,
        format: 'auto',
        options: {},
        modelId: 'm',
        tenant: 't',
        cost: undefined,
      },
      {
        engine,
        settings,
        clock,
        maxBadRatio,
        quarantine: {
          ...quarantine,
          add: (record) => {
            bad.push(`${record.record}: ${record.reason}`);
            quarantine.add(record);
          },
        },
      },
    ),
  );
  return { ...delta, bad };
}

/** What adding the events one by one gives. */
function totalsOf(events: readonly PrefixEvent[]): TotalsColumns {
  const table = createTotalsTable(settings.halfLifeMillis);
  for (const event of events) table.addEvent(event);
  return table.columns();
}

function expectSame(found: TotalsColumns, expected: TotalsColumns): void {
  expectSameTotals(found, expected, settings.halfLifeMillis);
}

const event = fc.record(
  {
    prefix_id: fc.constantFrom('a', 'b', 'näh "x"', ' '),
    tenant: fc.constantFrom('t1', 't2'),
    model_id: fc.constantFrom('m', 'n'),
    layer: fc.constantFrom(0, 1, 31, 511, 512, '01', 'mid dle'),
    page_start: fc.constantFrom(0, 1, 5, 2 ** 31 - 1, 2 ** 31, 2 ** 40),
    span: fc.constantFrom(0, 1, 4095, 4096),
    bytes: fc.nat(2 ** 40),
    latency_ms: fc.float({ min: 0, max: 1e6, noNaN: true }),
    timestamp_ms: fc.integer({ min: NOW - 90 * 86_400_000, max: NOW }),
    parent_prefix_id: fc.constantFrom('root', 'other'),
    tokens: fc.nat(10_000),
    prefill_ms: fc.nat(10_000),
  },
  {
    requiredKeys: [
      'prefix_id',
      'tenant',
      'model_id',
      'layer',
      'page_start',
      'span',
      'bytes',
      'timestamp_ms',
    ],
  },
);

describe('readDelta', () => {
  it('gives what adding the events one by one gives', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(event, { minLength: 1, maxLength: 40 }), async (drawn) => {
        const events = drawn.map(({ span, ...rest }) => ({
          ...rest,
          page_end: rest.page_start + span,
        })) as readonly PrefixEvent[];
        const text = events.map((item) => JSON.stringify(item)).join('\n');
        const { totals, events: count, bad } = await readText(text);
        expect(bad).toEqual([]);
        expect(count).toBe(events.length);
        expectSame(totals, totalsOf(events));
      }),
      { numRuns: 40 },
    );
  });

  const good =
    '{"prefix_id":"a","tenant":"t","model_id":"m","layer":0,"page_start":0,"page_end":3,"bytes":8,"latency_ms":1,"timestamp_ms":1000}';

  it('decays over 1970 as over any other time', async () => {
    const { halfLifeMillis } = settings;
    const events = [-900, -1, 0, 1].map((age) => ({
      ...(JSON.parse(good) as PrefixEvent),
      timestamp_ms: age * halfLifeMillis - 1,
    }));
    const { totals } = await readText(events.map((item) => JSON.stringify(item)).join('\n'));
    expectSame(totals, totalsOf(events));
    const index = createPrefixIndex(settings);
    index.merge(totals);
    expect(suggest(index, { topK: 1 }).hints[0].score).toBeCloseTo(8 * (1 + 0.5 + 0.25), 9);
  });

  it('puts bad lines aside with their numbers, far-future events among them', async () => {
    const lines = [
      good,
      'not json',
      '',
      good.replace('"tenant":"t",', ''),
      good.replace('"model_id":"m",', ''),
      good.replace('"page_end":3', '"page_end":-1'),
      good.replace('1000', `${NOW + 86_400_001}`),
      good.replace('1000', `${NOW + 86_400_000}`),
      good.replace('"latency_ms":1', '"latency_ms":-1'),
      good.replace(',"latency_ms":1', ''),
    ];
    const { bad, events, totals } = await readText(lines.join('\n'));
    expect(events).toBe(3);
    expect(totals.rowCount).toBe(1);
    expect(totals.numbers[AT.latencyCount]).toBe(2);
    expect(bad).toEqual([
      '2: not a JSON object',
      '4: tenant is missing or is no text',
      '5: model_id is missing or is no text',
      '6: page_end is -1.0; accepted is 0 or more',
      '7: timestamp_ms is in the future; accepted are times up to 2026-11-22T00:00:00.000Z',
      '9: latency_ms is less than 0',
    ]);
  });

  it('refuses a file of which too much is bad, and one without events', async () => {
    await expect(readText(`${good}\n{}`, 0.1)).rejects.toMatchObject({
      code: 'prefix-index.too-many-bad',
    });
  });

  it('reads the same events from CSV', async () => {
    const fields = JSON.parse(good) as Record<string, unknown>;
    const csv = `${Object.keys(fields).join(',')}\n${Object.values(fields).join(',')}\n`;
    const [fromCsv, fromJson] = [await readText(csv), await readText(good)];
    expectSame(fromCsv.totals, fromJson.totals);
  });

  it('takes each block of a request trace for a prefix, its parent the block before', async () => {
    const rows = [
      { timestamp: 0, input_length: 1024, output_length: 1, hash_ids: [7, 8] },
      { timestamp: 3_600_000, input_length: 600, output_length: 1, hash_ids: [7, 9] },
    ];
    const { totals, events } = await readText(rows.map((row) => JSON.stringify(row)).join('\n'));
    expect(events).toBe(4);
    const index = createPrefixIndex({ ...settings, weight: 'requests' });
    index.merge(totals);
    const row = index.find({ tenant: 'default', model_id: 'm', prefix_id: '9' }) as number;
    expect(index.totals().parentOf(row)).toBe('7');
    expect(index.totals().numbers()[row * ROW_WIDTH + AT.tokens]).toBe(88);
    const root = index.find({ tenant: 'default', model_id: 'm', prefix_id: '7' }) as number;
    expect(index.totals().numbers()[root * ROW_WIDTH + AT.hits]).toBe(2);
    expect(index.totals().numbers()[root * ROW_WIDTH + AT.requestsMass]).toBe(1.5);
  });

  it('takes each stored block of KV events for a prefix', async () => {
    const batch = [
      1_700_000_000.5,
      [['BlockStored', ['18446744073709551615', 5], 3, [1, 2, 3, 4], 2]],
    ];
    const { totals, events } = await readText(
      JSON.stringify(batch).replace('"18446744073709551615"', '18446744073709551615'),
    );
    expect(events).toBe(2);
    expect(totals.prefixes.slice()).toEqual(['18446744073709551615', '5']);
    expect(totals.parents.slice()).toEqual(['3', '18446744073709551615']);
    expect(totals.numbers[AT.lastSeenMillis]).toBe(1_700_000_000_500);
    expect(totals.numbers[AT.tokens]).toBe(2);
  });

  it('passes over copies of blocks in other media', async () => {
    const copied = [1.7e9, [['BlockStored', [8, 9], null, [], 16, null, 'CPU']]];
    const computed = [1.7e9, [['BlockStored', [9], null, [1], 1, null, 'GPU']]];
    const { totals, events } = await readText(
      `${JSON.stringify(copied)}\n${JSON.stringify(computed)}`,
    );
    expect(events).toBe(1);
    expect(totals.prefixes.slice()).toEqual(['9']);
    expect(totals.parents.slice()).toEqual([undefined]);
  });

  it('says that lengths alone name no prefix', async () => {
    const azure = 'TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:17:03.9799600,4808,10\n';
    await expect(readText(azure)).rejects.toMatchObject({ code: 'trace.length-only' });
  });
});
