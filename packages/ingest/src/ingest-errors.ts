import { defineErrors, formatCount } from '@wavetune/core';
import type { BadRecord } from './quarantine.ts';

const asText = ({ file, record, reason }: BadRecord): string => `${file}:${record}: ${reason}`;
const percent = (ratio: number): string => `${Number((100 * ratio).toPrecision(3))} %`;

/** What this package refuses. */
export const ingestError = defineErrors({
  'ingest.needs-file-order': (_: object) =>
    'this reading takes the rows as they lie in their files, an order that the chosen engine does not keep; leave --engine out',
  'ingest.no-files': (_: Record<never, never>) => 'no file to read was given',
  'ingest.no-requests': (d: { readonly files: readonly string[]; readonly format: string }) =>
    `no request in ${d.files.join(', ')}, read as ${d.format}`,
  'ingest.too-many-bad': (d: {
    readonly bad: number;
    readonly records: number;
    readonly maxBadRatio: number;
    readonly examples: readonly BadRecord[];
  }) =>
    `${formatCount(d.bad)} of ${formatCount(d.records)} records are bad, more than the ${percent(d.maxBadRatio)} accepted; ` +
    `nothing was written. The first: ${d.examples.map(asText).join('; ')}`,
  'ingest.too-many-conflicts': (d: {
    readonly references: number;
    readonly conflicts: number;
    readonly example: string;
  }) =>
    `${formatCount(d.conflicts)} of ${formatCount(d.references)} block references name an id that also stands under another parent ` +
    `(for example id ${d.example}), so these ids do not name prefixes; hit rates from them would be false. ` +
    'Accepted are ids that are chained over the whole prefix; ids that are local to a file must be namespaced by file',
  'ingest.local-ids': (d: { readonly format: string; readonly files: number }) =>
    `${d.format} ids mean something inside one file only; reading ${d.files} files as one id space would find ` +
    'sharing that is not there (a false hit rate of 99.9 % on agentic traces). Leave the namespacing on',
  'ingest.cannot-read': (d: { readonly path: string; readonly reason: string }) =>
    `cannot read ${d.path}: ${d.reason}`,
  'ingest.too-large': (d: { readonly references: number }) =>
    `more than ${formatCount(d.references)} block references, which columns of u32 cannot hold; split the log by time or tenant`,
});
