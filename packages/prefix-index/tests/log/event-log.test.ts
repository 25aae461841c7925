import { appendFile, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEventLog } from '../../src/log/event-log.ts';
import { encodeFrame } from '../../src/log/frame.ts';
import { type LogPlace, readFrames } from '../../src/log/log-folder.ts';
import { salvageLog } from '../../src/log/salvage-log.ts';

const STORE_ID = '0123456789abcdef';
let parent = '';
let places = 0;
beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), 'prefix-index-log-'));
});
afterAll(() => rm(parent, { recursive: true }));

const newPlace = (): LogPlace => ({
  folder: join(parent, `log-${places++}`),
  storeId: STORE_ID,
  after: 0,
});

async function recordsOf(place: LogPlace): Promise<readonly string[]> {
  const records: string[] = [];
  for await (const frame of readFrames(place)) {
    for (const record of frame.records) records.push(Buffer.from(record).toString());
  }
  return records;
}

/** A log of one record a frame. */
async function write(place: LogPlace, records: readonly string[]): Promise<void> {
  const log = await openEventLog(place);
  for (const record of records) await log.append(Buffer.from(record));
  await log.close();
}

async function segmentsOf({ folder }: LogPlace): Promise<readonly string[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.wtlog')).sort();
  return names.map((name) => join(folder, name));
}

describe('openEventLog', () => {
  it('gives back what was appended, in order, over restarts, cuts and drops', async () => {
    const steps = fc.array(
      fc.oneof(
        { weight: 5, arbitrary: fc.array(fc.string(), { minLength: 1, maxLength: 5 }) },
        { weight: 1, arbitrary: fc.constant('restart' as const) },
        { weight: 1, arbitrary: fc.constant('cut' as const) },
        { weight: 1, arbitrary: fc.constant('drop' as const) },
      ),
      { maxLength: 12 },
    );
    await fc.assert(
      fc.asyncProperty(steps, async (program) => {
        const place = newPlace();
        let log = await openEventLog(place);
        const appended: { readonly text: string; readonly sequence: number }[] = [];
        let dropped = 0;
        for (const step of program) {
          if (step === 'restart') {
            await log.close();
            log = await openEventLog({ ...place, after: dropped });
          } else if (step === 'cut' || step === 'drop') {
            const last = await log.cut((sequence) => sequence);
            if (step === 'cut') continue;
            await log.drop(last);
            dropped = last;
          } else {
            const sequences = await Promise.all(step.map((text) => log.append(Buffer.from(text))));
            step.forEach((text, i) => {
              appended.push({ text, sequence: sequences[i] });
            });
          }
        }
        await log.close();
        const expected = appended.filter(({ sequence }) => sequence > dropped);
        expect(await recordsOf({ ...place, after: dropped })).toEqual(
          expected.map(({ text }) => text),
        );
      }),
      { numRuns: 60 },
    );
  });

  it('syncs together what comes while it syncs, and tells in order', async () => {
    const log = await openEventLog(newPlace());
    const told: number[] = [];
    const appends = Array.from({ length: 1000 }, (_, i) =>
      log.append(Buffer.from(`${i}`), () => told.push(i)),
    );
    expect(log.queuedBytes()).toBeGreaterThan(1000);
    const sequences = await Promise.all(appends);
    expect(told).toEqual(appends.map((_, i) => i));
    expect(new Set(sequences).size).toBeLessThan(10);
    expect(log.queuedBytes()).toBe(0);
    await log.close();
    await expect(log.append(Buffer.from('late'))).rejects.toMatchObject({
      code: 'index-log.closed',
    });
  });

  it('cuts where everything before is durable and nothing after is', async () => {
    const place = newPlace();
    const log = await openEventLog(place);
    const before: string[] = [];
    const append = (text: string) => log.append(Buffer.from(text), () => before.push(text));
    const appends = Array.from({ length: 50 }, (_, i) => append(`a${i}`));
    const cut = log.cut((last) => ({ last, told: [...before] }));
    appends.push(...Array.from({ length: 50 }, (_, i) => append(`b${i}`)));
    const { last, told } = await cut;
    await Promise.all(appends);
    await log.close();
    const after = await recordsOf({ ...place, after: last });
    expect([...told, ...after]).toEqual(before);
    expect(told.length).toBeGreaterThan(0);
  });

  it('refuses a record that no frame holds', async () => {
    const log = await openEventLog(newPlace());
    await expect(log.append(Buffer.alloc(65 * 2 ** 20))).rejects.toMatchObject({
      code: 'index-log.record-too-large',
    });
    await log.close();
  });
});

describe('a log that was cut short', () => {
  it('gives every whole frame, whatever byte it ends at, and goes on behind them', async () => {
    const place = newPlace();
    const records = ['first', 'second', 'the third'];
    await write(place, records);
    const [path] = await segmentsOf(place);
    const bytes = await readFile(path);
    const ends = [0, 1, 2, 3].map(
      (count) =>
        bytes.length -
        records
          .slice(count)
          .reduce(
            (sum, text) => sum + encodeFrame({ sequence: 1, records: [Buffer.from(text)] }).length,
            0,
          ),
    );
    for (let size = 0; size <= bytes.length; size++) {
      await writeFile(path, bytes.subarray(0, size));
      const whole = ends.filter((end) => end <= size).length - 1;
      expect(await recordsOf(place)).toEqual(records.slice(0, Math.max(0, whole)));
      if (size % 7 !== 0) continue;
      await write(place, ['next']);
      expect(await recordsOf(place)).toEqual([...records.slice(0, Math.max(0, whole)), 'next']);
    }
  });

  it.each([
    ['zeros, as a file system leaves them', Buffer.alloc(5000)],
    [
      'a frame whose end is not there',
      encodeFrame({ sequence: 3, records: [Buffer.alloc(99)] }).subarray(0, 60),
    ],
    [
      'a frame of one wrong bit',
      flipped(encodeFrame({ sequence: 3, records: [Buffer.alloc(99)] }), 70),
    ],
  ])('drops %s', async (_what, tail) => {
    const place = newPlace();
    await write(place, ['a', 'b']);
    const [path] = await segmentsOf(place);
    await appendFile(path, tail);
    expect(await recordsOf(place)).toEqual(['a', 'b']);
    await write(place, ['c']);
    expect(await recordsOf(place)).toEqual(['a', 'b', 'c']);
  });
});

describe('a log that is damaged', () => {
  it('is refused with file and byte, and salvaged without what is broken', async () => {
    const place = newPlace();
    await write(place, ['a', 'b', 'c', 'd']);
    const [path] = await segmentsOf(place);
    const bytes = await readFile(path);
    const second = encodeFrame({ sequence: 1, records: [Buffer.from('a')] }).length + 32;
    await writeFile(path, flipped(bytes, second + 28));
    const failure = { code: 'index-log.damaged', details: { path, offsetBytes: second } };
    await expect(recordsOf(place)).rejects.toMatchObject(failure);
    await expect(openEventLog(place)).rejects.toMatchObject(failure);
    const salvage = await salvageLog(place);
    expect(salvage).toMatchObject({ keptFrames: 3, lostFrames: 1 });
    expect(await readFile(salvage.setAside[0])).toEqual(flipped(bytes, second + 28));
    expect(await recordsOf(place)).toEqual(['a', 'c', 'd']);
    expect(await salvageLog(place)).toMatchObject({ lostFrames: 0, setAside: [] });
    await write(place, ['e']);
    expect(await recordsOf(place)).toEqual(['a', 'c', 'd', 'e']);
  });

  it('is refused where frames between it and the store are missing, and salvaged', async () => {
    const place = newPlace();
    await write({ ...place, after: 5 }, ['six', 'seven']);
    await expect(recordsOf(place)).rejects.toMatchObject({ code: 'index-log.gap' });
    expect(await recordsOf({ ...place, after: 6 })).toEqual(['seven']);
    expect(await salvageLog(place)).toMatchObject({ keptFrames: 2, lostFrames: 5 });
    expect(await recordsOf(place)).toEqual(['six', 'seven']);
  });

  it('is refused where it belongs to another store', async () => {
    const place = newPlace();
    await write(place, ['a']);
    const other = { ...place, storeId: 'f'.repeat(16) };
    await expect(recordsOf(other)).rejects.toMatchObject({ code: 'index-log.foreign' });
  });

  it('is refused where a file that others follow ends early', async () => {
    const place = newPlace();
    const log = await openEventLog(place);
    await log.append(Buffer.from('a'));
    await log.cut(() => undefined);
    await log.append(Buffer.from('b'));
    await log.close();
    const [first, second] = await segmentsOf(place);
    expect(second).toBeDefined();
    await truncate(first, (await readFile(first)).length - 1);
    await expect(recordsOf(place)).rejects.toMatchObject({ code: 'index-log.damaged' });
  });
});

function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] ^= 1;
  return copy;
}
