import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type Engine, openEngine } from '@wavetune/engine';
import { I64, scan, TEXT } from '@wavetune/ir';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createEventRecorder,
  type EventColumns,
  eventAt,
  eventCount,
  firstEvents,
} from '../../src/events/event-columns.ts';
import { type ReadEventsOptions, readEvents } from '../../src/events/read-events.ts';

let folder: string;
let engine: Engine;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wavetune-events-'));
  engine = await openEngine({ memoryLimitBytes: 2 ** 28, threads: 1 });
});
afterAll(async () => {
  await engine.close();
  await rm(folder, { recursive: true });
});

const DEFAULTS = {
  format: 'auto',
  trace: {},
  namespaced: true,
  quarantinePath: undefined,
  requestActions: [],
  timeUnit: 'ms',
  valueBytes: 1024,
  maxBadRatio: 0.01,
  progress: () => undefined,
} as const;

async function read(
  name: string,
  content: string | Buffer,
  options: Partial<ReadEventsOptions> = {},
) {
  const path = join(folder, name);
  await writeFile(path, content);
  return readEvents({ ...DEFAULTS, files: [path], engine, ...options });
}

function eventsIn(columns: EventColumns) {
  return Array.from({ length: eventCount(columns) }, (_, i) => eventAt(columns, i));
}

const CLICK = {
  timeMillis: 1000,
  user: 'u1',
  action: 'click',
  item: 'p1',
  category: 'shoes',
  isRequest: true,
  sizeBytes: 1024,
};
const VIEW = {
  ...CLICK,
  timeMillis: 2000,
  action: 'view',
  item: 'p2',
  category: '',
  isRequest: false,
};

describe('readEvents', () => {
  const json = [
    '{"ts":1000,"user":"u1","action":"click","item":"p1","category":"shoes"}',
    '{"ts":"2000","user":"u1","action":"view","item":"p2"}',
  ].join('\n');

  it.each([
    ['JSON lines', 'a.jsonl', json],
    ['a gzip of them', 'a.jsonl.gz', gzipSync(json)],
    ['CSV', 'a.csv', 'ts,user,action,item,category\n1000,u1,click,p1,"shoes"\n2000,u1,view,p2,\n'],
    [
      'tabs',
      'a.tsv',
      'ts\tuser\taction\titem\tcategory\n1000\tu1\tclick\tp1\tshoes\n2000\tu1\tview\tp2\t\n',
    ],
    [
      'usual names, ISO times, semicolons',
      'b.csv',
      'event_time;user_id;event_type;product_id;category_code\n1970-01-01T00:00:01Z;u1;click;p1;shoes\n1970-01-01T00:00:02Z;u1;view;p2;\n',
    ],
  ])('reads %s', async (_what, name, content) => {
    const stream = await read(name, content, { requestActions: ['click'] });
    expect(stream).toMatchObject({ source: 'item log', badRecords: 0, outOfOrder: 0 });
    expect(eventsIn(stream.columns)).toEqual([CLICK, VIEW]);
  });

  it('reads Parquet, with numbers as numbers', async () => {
    const path = join(folder, 'a.parquet');
    const columns = [
      { name: 'ts', type: I64 },
      { name: 'user', type: TEXT },
      { name: 'action', type: TEXT },
      { name: 'item', type: TEXT },
      { name: 'category', type: TEXT },
    ];
    const rows = [
      ['1000', 'u1', 'click', 'p1', 'shoes'],
      ['2000', 'u1', 'view', 'p2', null],
    ];
    await engine.writeParquet(scan({ format: 'values', columns, rows }), path);
    const options = { ...DEFAULTS, requestActions: ['click'] };
    const stream = await readEvents({ ...options, files: [path], engine });
    expect(eventsIn(stream.columns)).toEqual([CLICK, VIEW]);
  });

  it('takes all actions for requests unless told which, sizes from the log, seconds where told', async () => {
    const { columns } = await read('s.csv', 'ts,item,size\n1,p1,77\n2,p2,0\n', { timeUnit: 's' });
    expect(eventsIn(columns)).toMatchObject([
      { timeMillis: 1000, isRequest: true, sizeBytes: 77, user: '', action: '' },
      { timeMillis: 2000, isRequest: true, sizeBytes: 0 },
    ]);
  });

  it('sorts what is out of order, and keeps the order of one time', async () => {
    const { columns, outOfOrder } = await read('o.csv', 'ts,item\n5,a\n3,b\n5,c\n3,d\n');
    expect(outOfOrder).toBe(2);
    expect(eventsIn(columns).map(({ item }) => item)).toEqual(['b', 'd', 'a', 'c']);
  });

  it('puts bad records into the quarantine, with their line and reason', async () => {
    const bad = [
      'not json',
      '{"ts":"soon","item":"p"}',
      '{"ts":1,"item":""}',
      '{"ts":1,"item":"p","size":-1}',
    ];
    const quarantinePath = join(folder, 'bad.jsonl');
    const stream = await read('bad-ones.jsonl', `${json}\n${bad.join('\n')}\n`, {
      quarantinePath,
      maxBadRatio: 0.9,
    });
    expect(stream.badRecords).toBe(4);
    expect(eventCount(stream.columns)).toBe(2);
    const lines = (await readFile(quarantinePath, 'utf8')).trim().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { record: 3, reason: 'not a JSON object', text: 'not json' },
      { record: 4, reason: 'ts is missing or is no time' },
      { record: 5, reason: 'item is missing' },
      { record: 6, reason: 'size is no size in bytes' },
    ]);
  });

  it('asks for the blocks of a prefix trace, one event a reference', async () => {
    const trace = [
      '{"timestamp":0,"input_length":1024,"output_length":1,"hash_ids":[7,8]}',
      '{"timestamp":50,"input_length":600,"output_length":1,"hash_ids":[7,9]}',
    ].join('\n');
    const { columns, source } = await read('trace.jsonl', trace, { valueBytes: 10 });
    expect(source).toBe('mooncake');
    expect(eventsIn(columns).map(({ timeMillis, item }) => [timeMillis, item])).toEqual([
      [0, '7'],
      [0, '8'],
      [50, '7'],
      [50, '9'],
    ]);
    expect(eventAt(columns, 0)).toMatchObject({ user: '', isRequest: true, sizeBytes: 10 });
  });

  it.each([
    ['events.too-many-bad', 'x.jsonl', `${json}\nnonsense\n`, {}],
    ['events.no-requests', 'x.jsonl', json, { requestActions: ['buy'] }],
    ['events.missing-columns', 'x.csv', 'when,what\n1,2\n', { format: 'items' }],
    ['events.none', 'x.csv', 'ts,item\n', {}],
    [
      'events.length-only',
      'x.csv',
      'arrived_at,num_prefill_tokens,num_decode_tokens\n0.1,5,6\n',
      {},
    ],
  ])('refuses by %s', async (code, name, content, options) => {
    await expect(read(name, content, options)).rejects.toMatchObject({ code });
  });
});

describe('createEventRecorder', () => {
  it('gives back what it was given, in the order of times', () => {
    const name = fc.constantFrom('a', 'b', 'c', '');
    const event = fc.record({
      timeMillis: fc.nat(20),
      user: name,
      action: name,
      item: name,
      category: name,
      isRequest: fc.boolean(),
      sizeBytes: fc.nat(5000),
    });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 3000, size: 'max' }), (events) => {
        const recorder = createEventRecorder();
        for (const one of events) recorder.add(one);
        const { columns } = recorder.finish();
        const sorted = events.toSorted((a, b) => a.timeMillis - b.timeMillis);
        expect(eventsIn(columns)).toEqual(sorted);
        expect(eventsIn(firstEvents(columns, 2))).toEqual(sorted.slice(0, 2));
      }),
      { numRuns: 30 },
    );
  });
});
