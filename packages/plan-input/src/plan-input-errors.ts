import { defineErrors, formatSize } from '@wavetune/core';

/** What this package refuses. */
export const planInputError = defineErrors({
  'plan-input.not-a-plan': (d: { readonly file: string }) =>
    `${d.file} is no plan; accepted are a document of schema ir/1 and datajax's array of steps`,
  'plan-input.too-large': (d: { readonly file: string; readonly limitBytes: number }) =>
    `${d.file} has more text than a plan may: accepted are ${formatSize(d.limitBytes)}`,
  'plan-input.unbound': (d: { readonly table: string; readonly option: string }) =>
    `the plan's table ${JSON.stringify(d.table)} has no rows; give ${d.option}`,
  'plan-input.unknown-tag': (d: { readonly tag: string; readonly known: readonly string[] }) =>
    `--rhs ${d.tag}=…: the plan has no such table; it has ${d.known.length === 0 ? 'none but its input' : d.known.join(', ')}`,
  'usage.bad-rhs': (d: { readonly found: string }) => `--rhs ${d.found}: accepted is TAG=FILE`,
  'plan-input.repeated-tag': (d: { readonly tag: string }) =>
    `--rhs ${d.tag}=… is given twice; accepted is one file a table`,
  'plan-input.not-bindable': (d: { readonly what: string }) =>
    `--sample cannot replace ${d.what}: its rows stand in the plan`,
  'plan-input.not-a-table': (d: { readonly file: string; readonly reason: string }) =>
    `${d.file} is no table: ${d.reason}; accepted are Parquet, and CSV with a header`,
});
