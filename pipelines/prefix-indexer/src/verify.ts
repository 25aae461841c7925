import { defineCommand } from '@wavetune/cli';
import { formatCount, formatSize } from '@wavetune/core';
import { type Salvage, salvageStore } from '@wavetune/prefix-index';
import { STORE_OPTIONS, withStore } from './store-options.ts';

/** Reads a store from end to end. */
export const verify = defineCommand({
  name: 'verify',
  summary: 'Reads the whole store and its log, and fails where anything is damaged.',
  options: {
    ...STORE_OPTIONS,
    salvage: {
      type: 'boolean',
      default: false,
      describe:
        'first set damaged files of the log aside, and go on with every record that is whole',
    },
  },
  examples: [
    ['$0 --store index.jsonl', 'after a crash, or before a copy'],
    ['$0 --store index.duckdb --salvage', 'where its log is damaged'],
  ],
  run: async (raw, session) => {
    if (raw.salvage) session.print(salvaged(await salvageStore(raw.store)));
    await withStore(raw, async (store) => {
      const { rows, keys, batches, logRecords, logTornBytes } = await store.verify();
      const counts = [
        `${formatCount(keys)} prefixes in ${formatCount(rows)} rows`,
        `${formatCount(batches)} batches`,
        `${formatCount(logRecords)} records of the log that the store has yet to take`,
      ];
      session.print(`sound  ${counts.join(', ')}`);
      if (logTornBytes > 0) session.print(torn(logTornBytes));
    });
  },
});

function torn(sizeBytes: number): string {
  const found = `${formatSize(sizeBytes)} at the end of the log are no whole record`;
  return `note   ${found}: a write that a crash cut short before it was acknowledged, unless the disk is damaged`;
}

function salvaged({ keptFrames, lostFrames, setAside }: Salvage): string {
  const aside = setAside.length > 0 ? `; as it was: ${setAside.join(', ')}` : '';
  return `salvaged  ${formatCount(keptFrames)} records of the log kept, ${formatCount(lostFrames)} lost${aside}`;
}
