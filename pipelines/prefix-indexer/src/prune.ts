import { defineCommand } from '@wavetune/cli';
import { formatCount, systemClock } from '@wavetune/core';
import { VIEW_OPTIONS } from './query-options.ts';
import { loadIndex, STORE_OPTIONS, withStore } from './store-options.ts';
import { durationOption, timeOption } from './times.ts';

/** Forgets what nobody asked for lately. */
export const prune = defineCommand({
  name: 'prune',
  summary:
    'Forgets prefixes that were last seen longer ago than a time; what is older counts as known from then on.',
  options: {
    ...STORE_OPTIONS,
    'older-than': { type: 'string', demandOption: true, describe: 'A duration: 12h, 7d' },
    'as-of': { ...VIEW_OPTIONS['as-of'], defaultDescription: 'the newest event' },
  },
  examples: [['$0 --older-than 7d', 'what was not seen in the last week of events']],
  run: (raw, session) =>
    withStore(raw, async (store) => {
      const ageMillis = durationOption('older-than', raw['older-than']);
      const asOf =
        raw['as-of'] === undefined
          ? (await loadIndex(store)).newestMillis()
          : timeOption('as-of', raw['as-of'], systemClock.nowMillis());
      const pruned = Number.isFinite(asOf) ? await store.prune(asOf - ageMillis) : 0;
      session.print(`pruned  ${formatCount(pruned)} prefixes`);
    }),
});
