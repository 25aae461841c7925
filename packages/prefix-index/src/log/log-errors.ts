import { defineErrors, formatSize } from '@wavetune/core';

/** What the log and the files beside it refuse. */
export const logError = defineErrors({
  'index-log.damaged': (d: {
    readonly path: string;
    readonly offsetBytes: number;
    readonly reason: string;
  }) =>
    `${d.path} is damaged at byte ${d.offsetBytes}: ${d.reason}; what was written after it is intact, so this is no write that was cut short. \`verify --salvage\` sets the file aside and keeps every whole record`,
  'index-log.gap': (d: {
    readonly folder: string;
    readonly first: number;
    readonly after: number;
  }) =>
    `${d.folder} goes on from record ${d.first}, but its store ends at ${d.after}: records between are missing. Restore the store that belongs to this log, or \`verify --salvage\` to go on without them`,
  'index-log.foreign': (d: {
    readonly path: string;
    readonly found: string;
    readonly accepted: string;
  }) =>
    `${d.path} belongs to store ${d.found}, and the store beside it is ${d.accepted}; move one of them away`,
  'index-log.record-too-large': (d: { readonly sizeBytes: number; readonly limitBytes: number }) =>
    `a batch of ${formatSize(d.sizeBytes)}; accepted are up to ${formatSize(d.limitBytes)}`,
  'index-log.closed': (_: object) => 'the log is closed',
});
