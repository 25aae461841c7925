import { defineCommand, renderTable } from '@wavetune/cli';
import { canonicalJson, formatSize } from '@wavetune/core';
import { type Suggestion, suggest as suggestFrom } from '@wavetune/prefix-index';
import { QUERY_OPTIONS, queryOf } from './query-options.ts';
import { loadIndex, STORE_OPTIONS, withStore } from './store-options.ts';

/** Which prefixes to warm. */
export const suggest = defineCommand({
  name: 'suggest',
  summary: 'Says which prefixes to warm: the best by score, or what fits a budget of bytes.',
  options: {
    ...STORE_OPTIONS,
    ...QUERY_OPTIONS,
    json: { type: 'boolean', default: false, describe: 'As JSON: {asOf, hints}' },
  },
  examples: [
    ['$0 --top-k 5', 'the five best of all tenants'],
    ['$0 --tenant acme --budget 8GiB --json', 'what acme should warm within 8 GiB'],
    ['$0 --as-of now --max-age 1h', 'by the clock instead of the newest event'],
  ],
  run: (raw, session) =>
    withStore(raw, async (store) => {
      const suggestion = suggestFrom(await loadIndex(store), queryOf(raw));
      session.print(raw.json ? canonicalJson(suggestion) : textOf(suggestion));
    }),
});

function textOf({ asOf, hints }: Suggestion): string {
  if (asOf === null) return 'no hints: no event of these tenants was seen';
  if (hints.length === 0) return `no hints as of ${timeText(asOf)}`;
  const table = renderTable(
    [
      { heading: 'prefix', align: 'left' },
      { heading: 'tenant', align: 'left' },
      { heading: 'model', align: 'left' },
      { heading: 'score', align: 'right' },
      { heading: 'hits', align: 'right' },
      { heading: 'bytes', align: 'right' },
      { heading: 'last seen', align: 'left' },
    ],
    hints.map((hint) => [
      hint.prefix_id,
      hint.tenant,
      hint.model_id,
      hint.score.toPrecision(4),
      `${hint.hits}`,
      formatSize(hint.bytes),
      timeText(hint.last_seen_ms),
    ]),
  );
  return `as of ${timeText(asOf)}\n${table}`;
}

/** ISO 8601, or the number where that is no date. */
function timeText(millis: number): string {
  const date = new Date(millis);
  return Number.isNaN(date.getTime()) ? `${millis} ms` : date.toISOString();
}
