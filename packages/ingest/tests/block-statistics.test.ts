import { NONE } from '@wavetune/core';
import { describe, expect, it } from 'vitest';
import { countBlocks } from '../src/count-blocks.ts';
import {
  type BlockStatisticsOptions,
  blockStatisticsPlan,
  type ReadTrace,
  SCORE_UNIT,
} from '../src/index.ts';
import { mooncakeLines, useScratch } from './scratch.ts';
import { sharedData } from './shared-data.ts';

const { read, write, engine } = useScratch();

/** The same table from the columns. */
function expectedRows({ columns, names }: ReadTrace, bytesPerToken: number) {
  const { parents } = columns;
  const counted = countBlocks(columns);
  return Array.from(parents, (parent, block) => ({
    id: names.nameOf(block),
    parent: parent === NONE ? null : names.nameOf(parent),
    depth: BigInt(counted.depths[block]),
    count: BigInt(counted.counts[block]),
    first_seen_ms: counted.firstSeenMillis[block],
    last_seen_ms: counted.lastSeenMillis[block],
    tokens: counted.tokens[block],
    bytes: counted.tokens[block] * bytesPerToken,
    tenants: BigInt(counted.tenants[block]),
  }));
}

const byId = (a: { id: unknown }, b: { id: unknown }): number =>
  String(a.id) < String(b.id) ? -1 : 1;

async function expectSame(trace: ReadTrace): Promise<void> {
  const rows = await engine().rows(
    blockStatisticsPlan(trace, { size: { per: 'token', bytes: 10 } }),
  );
  const expected = expectedRows(trace, 10);
  expect(rows.length).toBe(expected.length);
  const [found, wanted] = [[...rows] as { id: unknown }[], expected].map((all) =>
    [...all].sort(byId),
  );
  expect(JSON.stringify(found, text)).toBe(JSON.stringify(wanted, text));
}

const text = (_: string, value: unknown): unknown =>
  typeof value === 'bigint' ? `${value}` : value;

describe('blockStatisticsPlan', () => {
  it('is most referenced first', async () => {
    const file = write(
      'blocks.jsonl',
      mooncakeLines([
        { t: 3, ids: [1, 2] },
        { t: 5, ids: [1] },
      ]),
    );
    const rows = await engine().rows(
      blockStatisticsPlan(await read([file]), { size: { per: 'token', bytes: 2 } }),
    );
    expect(rows).toEqual([
      {
        id: '1',
        parent: null,
        depth: 1n,
        count: 2n,
        first_seen_ms: 3,
        last_seen_ms: 5,
        tokens: 512,
        bytes: 1024,
        tenants: 1n,
      },
      {
        id: '2',
        parent: '1',
        depth: 2n,
        count: 1n,
        first_seen_ms: 3,
        last_seen_ms: 3,
        tokens: 512,
        bytes: 1024,
        tenants: 1n,
      },
    ]);
  });

  it('names local ids with their file, and leaves copies out', async () => {
    const document = (id: string, input: number): string =>
      JSON.stringify({
        id,
        block_size: 64,
        hash_id_scope: 'local',
        requests: [{ t: 0, in: input, out: 1, hash_ids: [1, 2] }],
      });
    const files = [
      write('one.json', document('one', 130)),
      write('two.json', document('two', 140)),
      write('copy.json', document('copy', 130)),
    ];
    const trace = await read(files);
    expect(trace.quality.duplicateFiles.length).toBe(1);
    await expectSame(trace);
  });

  it('knows the bytes of a page, and none where nobody said', async () => {
    const file = write('pages.jsonl', mooncakeLines([{ t: 0, ids: [1, 2] }]));
    const keys = write('unsized.csv', 'key\na\n');
    for (const trace of [await read([file]), await read([keys])]) {
      const bytesOf = async (size: BlockStatisticsOptions['size']) =>
        (await engine().rows(blockStatisticsPlan(trace, { size }))).map(({ bytes }) => bytes);
      expect(new Set(await bytesOf({ per: 'page', bytes: 4096 }))).toEqual(new Set([4096]));
      expect(new Set(await bytesOf(undefined))).toEqual(new Set([null]));
    }
  });

  it('sums the sizes of a key log', async () => {
    const trace = await read([write('sized.csv', 'key,size\nuserA,128\nuserB,64\n')]);
    const rows = await engine().rows(blockStatisticsPlan(trace, { size: undefined }));
    expect(rows.map(({ id, parent, bytes }) => [id, parent, bytes])).toEqual([
      ['user', null, 192],
      ['userA', 'user', 128],
      ['userB', 'user', 64],
    ]);
  });

  it('sums decayed popularity in whole units, alike from plans and from columns', async () => {
    const score = { halfLifeMillis: 1000, landmarkMillis: 4000 };
    const unitsOf = async (file: string) => {
      const plan = blockStatisticsPlan(await read([file]), { size: undefined, score });
      const rows = await engine().rows(plan);
      return new Map(rows.map((row) => [row.id, row.score_units]));
    };
    const requests = [
      { t: 1000, ids: [1, 2] },
      { t: 3000, ids: [1] },
      { t: 3500, ids: [1] },
    ];
    const units = await unitsOf(write('scored.jsonl', mooncakeLines(requests)));
    const half = Math.floor(SCORE_UNIT * Math.SQRT1_2);
    expect(units.get('1')).toBe(BigInt(SCORE_UNIT / 8 + SCORE_UNIT / 2 + half));
    expect(units.get('2')).toBe(BigInt(SCORE_UNIT / 8));
    const keys = write(
      'scored.csv',
      'key,timestamp\nuserA,1000\nuserA,3000\nuserA,3500\nuserB,1000\n',
    );
    const counted = await unitsOf(keys);
    expect(counted.get('userA')).toBe(units.get('1'));
    expect(counted.get('user')).toBe(
      BigInt(SCORE_UNIT / 8 + SCORE_UNIT / 2 + half + SCORE_UNIT / 8),
    );
  });

  const mooncake = sharedData('mooncake/conversation_trace.jsonl');
  it.skipIf(mooncake.isMissing)(
    'equals the columns on the Mooncake trace, both tails',
    async () => {
      await expectSame(await read([mooncake.path]));
      await expectSame(await read([mooncake.path], { options: { tail: 'drop' } }));
    },
  );
});
