import { createRng } from '@wavetune/core';
import { describe, expect, it } from 'vitest';
import { sendOdd } from './fuzz-kit.ts';
import { openTestApp } from './service-kit.ts';

/** WAVETUNE_FUZZ_REQUESTS=1000000 for the million; a fifth of it in every run of the slow suites. */
const REQUESTS = Number(process.env.WAVETUNE_FUZZ_REQUESTS ?? 200_000);
const TWENTY_MINUTES = 1_200_000;
const MOST_GROWN_BYTES = 512 * 2 ** 20;

describe(`${REQUESTS} odd requests`, () => {
  it(
    'are answered with 2xx or 4xx, and leave nothing behind but what was taken',
    async () => {
      const test = await openTestApp();
      await sendOdd(test.app, createRng(1), 20_000);
      const before = process.memoryUsage().rss;
      const { statuses, failures } = await sendOdd(test.app, createRng(2), REQUESTS);
      const grown = process.memoryUsage().rss - before;
      const counts = [...statuses].sort().map(([status, count]) => `${status}: ${count}`);
      console.log(
        `${counts.join(', ')}; resident memory grew by ${(grown / 2 ** 20).toFixed(0)} MiB`,
      );
      expect(failures).toEqual([]);
      expect(test.pendingBytes()).toBe(0);
      expect(grown).toBeLessThan(MOST_GROWN_BYTES);
      await test.close();
    },
    TWENTY_MINUTES,
  );
});
