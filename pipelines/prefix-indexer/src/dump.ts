import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { defineCommand } from '@wavetune/cli';
import { canonicalJson } from '@wavetune/core';
import { type Entry, entries } from '@wavetune/prefix-index';
import { VIEW_OPTIONS, viewOf } from './query-options.ts';
import { loadIndex, STORE_OPTIONS, withStore } from './store-options.ts';

/** All that the index knows. */
export const dump = defineCommand({
  name: 'dump',
  summary:
    'Prints every prefix with its scores, sizes, latencies, pages and feedback, one JSON object a line.',
  options: {
    ...STORE_OPTIONS,
    ...VIEW_OPTIONS,
    pretty: { type: 'boolean', default: false, describe: 'One JSON list, laid out for people' },
  },
  examples: [
    ['$0 --pretty', 'to read'],
    ['$0 --tenant acme > acme.jsonl', 'to keep'],
  ],
  run: (raw) =>
    withStore(raw, async (store) => {
      const found = entries(await loadIndex(store), viewOf(raw));
      const text = raw.pretty ? [canonicalJson([...found], 2)] : lines(found);
      await pipeline(Readable.from(text), process.stdout, { end: false });
    }),
});

function* lines(found: Iterable<Entry>): Generator<string, void> {
  for (const entry of found) yield `${canonicalJson(entry)}\n`;
}
