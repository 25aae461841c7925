import { defineCommand } from '@wavetune/cli';
import { formatCount } from '@wavetune/core';
import { STORE_OPTIONS, withStore } from './store-options.ts';

/** Reads a store from end to end. */
export const verify = defineCommand({
  name: 'verify',
  summary: 'Reads the whole store and its log, and fails where anything is damaged.',
  options: STORE_OPTIONS,
  examples: [['$0 --store index.jsonl', 'after a crash, or before a copy']],
  run: (raw, session) =>
    withStore(raw, async (store) => {
      const { rows, keys, batches, logFrames } = await store.verify();
      const counts = [
        `${formatCount(keys)} prefixes in ${formatCount(rows)} rows`,
        `${formatCount(batches)} batches`,
        `${formatCount(logFrames)} records of the log that the store has yet to take`,
      ];
      session.print(`sound  ${counts.join(', ')}`);
    }),
});
