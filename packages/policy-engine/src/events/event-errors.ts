import { defineErrors, formatCount } from '@wavetune/core';

/** What reading item events refuses. */
export const eventError = defineErrors({
  'events.missing-columns': (d: {
    readonly path: string;
    readonly missing: readonly string[];
    readonly available: readonly string[];
  }) =>
    `${d.path} has no ${d.missing.join(' and no ')}; it has ${d.available.join(', ')}. ` +
    'Accepted are ts, user, action, item, category, size by their usual names; ts and item must be there',
  'events.none': (d: { readonly paths: readonly string[] }) => `no event in ${d.paths.join(', ')}`,
  'events.no-requests': (d: {
    readonly actions: readonly string[];
    readonly found: readonly string[];
  }) =>
    `no event asks the cache: --request-actions ${d.actions.join(',')} names none of the actions found (${d.found.join(', ')})`,
  'events.too-many-bad': (d: {
    readonly bad: number;
    readonly records: number;
    readonly example: string;
  }) =>
    `${formatCount(d.bad)} of ${formatCount(d.records)} records are bad; nothing was replayed. The first: ${d.example}`,
  'events.length-only': (d: { readonly format: string }) =>
    `a log of ${d.format} says how long requests are, not what they ask for; accepted are item events and traces with block ids`,
});
