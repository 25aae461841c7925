import { defineCommand } from '@wavetune/cli';
import { formatCount, formatSize } from '@wavetune/core';
import { STORE_OPTIONS, withStore } from './store-options.ts';

/** Rewrites a store, a row a prefix. */
export const compact = defineCommand({
  name: 'compact',
  summary: 'Rewrites the store with one row a prefix; each batch adds rows until then.',
  options: STORE_OPTIONS,
  examples: [['$0 --store index.duckdb', 'when it has grown']],
  run: (raw, session) =>
    withStore(raw, async (store) => {
      const before = await store.state();
      await store.compact();
      const after = await store.state();
      const rows = `${formatCount(before.rowCount)} rows to ${formatCount(after.rowCount)}`;
      const size = `${formatSize(before.sizeBytes)} to ${formatSize(after.sizeBytes)}`;
      session.print(`compacted  ${rows}, ${size}`);
    }),
});
