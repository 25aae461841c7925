import { createRng } from '@wavetune/core';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sendOdd } from './fuzz-kit.ts';
import { eventOf, openTestApp, type TestApp } from './service-kit.ts';

let test: TestApp;

beforeAll(async () => {
  test = await openTestApp();
});
afterAll(() => test.close());

const post = (url: string, body: unknown) =>
  test.app.inject({
    method: 'POST',
    url,
    headers: { 'content-type': 'application/json' },
    payload: JSON.stringify(body) ?? '',
  });

describe('whatever is sent', () => {
  it('random JSON is a 400, and nothing is kept of it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('/ingest', '/feedback'),
        fc.jsonValue({ maxDepth: 4 }),
        async (url, body) => {
          const before = await test.served.stats();
          const { statusCode } = await post(url, body);
          expect(statusCode).toBe(400);
          expect(await test.served.stats()).toEqual(before);
        },
      ),
      { numRuns: 600 },
    );
  });

  it('an event with one field replaced is taken whole or refused whole', async () => {
    const field = fc.constantFrom(...Object.keys(eventOf()));
    await fc.assert(
      fc.asyncProperty(field, fc.jsonValue({ maxDepth: 1 }), async (name, value) => {
        const before = await test.served.stats();
        const { statusCode, json } = await post('/ingest', {
          events: [eventOf(), { ...eventOf(), [name]: value }],
        });
        expect([202, 400]).toContain(statusCode);
        const { ingested = 0 } = statusCode === 202 ? json() : {};
        const after = await test.served.stats();
        expect(after.ingestedEvents - before.ingestedEvents).toBe(ingested);
        if (statusCode === 400) expect(after).toEqual(before);
      }),
      { numRuns: 600 },
    );
  });

  it('cut, repeated and swapped requests are answered with 2xx or 4xx, and none stays under way', async () => {
    const { statuses, failures } = await sendOdd(test.app, createRng(5), 4000);
    expect(failures).toEqual([]);
    expect([...statuses.keys()].filter((status) => status < 200 || status >= 500)).toEqual([]);
    expect(test.pendingBytes()).toBe(0);
  });
});
