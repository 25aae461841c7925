import { defineErrors } from '@wavetune/core';

/** What this package refuses. */
export const prefixError = defineErrors({
  'prefix.bad-columns': (d: {
    readonly request: number;
    readonly found: string;
    readonly accepted: string;
  }) => `request ${d.request} has ${d.found}; accepted is ${d.accepted}`,
  'prefix.bad-option': (d: {
    readonly option: string;
    readonly found: number;
    readonly accepted: string;
  }) => `${d.option} is ${d.found}; accepted is ${d.accepted}`,
  'extent.unsorted-pages': (d: {
    readonly index: number;
    readonly previous: number;
    readonly found: number;
  }) =>
    `page ${d.found} at index ${d.index} comes after page ${d.previous}; accepted are pages in ascending order`,
  'extent.backward-range': (d: {
    readonly index: number;
    readonly start: number;
    readonly end: number;
  }) => `range ${d.index} is [${d.start}, ${d.end}]; accepted are inclusive ranges, start ≤ end`,
  'extent.unequal-columns': (d: { readonly starts: number; readonly ends: number }) =>
    `${d.starts} starts and ${d.ends} ends were given; accepted is one end a start`,
  'extent.unsafe-page': (d: { readonly index: number; readonly found: number }) =>
    `page ${d.found} at index ${d.index} is no page id; accepted are whole numbers from 0 to 2^53 - 2`,
  'wave.not-int32': (d: { readonly field: string; readonly found: number }) =>
    `${d.field} would be ${d.found}; the consumer accepts whole numbers from 0 to 2^31 - 1`,
  'wave.no-legal-tile': (d: { readonly dtypeBytes: number }) =>
    `no whitelisted tile is legal at ${d.dtypeBytes} bytes an element; accepted is bk × bytes a multiple of 32`,
});
