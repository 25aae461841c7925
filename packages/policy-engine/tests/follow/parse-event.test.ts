import type { Clock } from '@wavetune/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseEvent, parseLine } from '../../src/follow/parse-event.ts';

const clock: Clock = { nowMillis: () => 5000, monotonicMillis: () => 5000 };
const options = { requestActions: ['click'], valueBytes: 1024, clock };

describe('parseEvent', () => {
  it('reads the fields by the names that logs use', () => {
    const raw = {
      Timestamp: '1970-01-01T00:00:01Z',
      user_id: 7,
      event: 'click',
      itemid: 'a',
      size: '10',
    };
    expect(parseEvent(raw, options)).toEqual({
      timeMillis: 1000,
      user: '7',
      action: 'click',
      item: 'a',
      category: '',
      isRequest: true,
      sizeBytes: 10,
    });
  });

  it('takes an event without a time for one of now, and without a size for one of the usual', () => {
    expect(parseEvent({ item: 'a', action: 'view' }, options)).toMatchObject({
      timeMillis: 5000,
      sizeBytes: 1024,
      isRequest: false,
    });
  });

  it.each([
    ['1970-01-01T00:00:01', 1000],
    ['1970-01-01 00:00:01.5', 1500],
    ['1970-01-01T02:00:01+02:00', 1000],
    ['1970-01-02', 86_400_000],
  ])('takes %s for a time of UTC where it names no zone', (ts, timeMillis) => {
    expect(parseEvent({ item: 'a', ts }, options)).toMatchObject({ timeMillis });
  });

  it('keeps ids apart that a double does not', () => {
    const items = ['9223372036854775808', '9223372036854775809', '-9007199254740993', '7'];
    const found = items.map((item) =>
      parseEvent(parseLine(`{"item":${item},"ts":1000.50000000000000000}`), options),
    );
    expect(found).toMatchObject(items.map((item) => ({ item, timeMillis: 1000.5 })));
  });

  it.each([
    [null, 'no object'],
    [[], 'no object'],
    ['a line', 'no object'],
    [{}, 'no item'],
    [{ item: {} }, 'no item'],
    [{ item: 'a', ts: 'soon' }, 'a time'],
    [{ item: 'a', ts: 1e300 }, 'a time'],
    [{ item: 'a', ts: 'item 7' }, 'a time'],
    [{ item: 'a', ts: '2026-13-41' }, 'a time'],
    [{ item: 'a', size: -1 }, 'a size'],
    [{ item: 'a', size: 'large' }, 'a size'],
    [{ item: 'a', size: 2 ** 40 }, 'a size'],
  ])('refuses %j', (raw, reason) => {
    expect(parseEvent(raw, options)).toContain(reason);
  });

  it('gives an event or a reason, whatever a line holds', () => {
    const lines = fc.oneof(
      fc.json(),
      fc.string(),
      fc
        .record({ ts: fc.anything(), item: fc.anything(), size: fc.anything() })
        .map((record) => JSON.stringify(record)),
    );
    fc.assert(
      fc.property(lines, (line) => {
        const event = parseEvent(parseLine(line), options);
        if (typeof event === 'string') return;
        expect(event.item).not.toBe('');
        expect(Number.isFinite(event.timeMillis)).toBe(true);
        expect(Number.isSafeInteger(event.sizeBytes) && event.sizeBytes >= 0).toBe(true);
      }),
    );
  });
});
