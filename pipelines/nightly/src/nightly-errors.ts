import { defineErrors } from '@wavetune/core';

/** What this pipeline refuses. Codes that begin with `nightly.gate` end in exit status 4, `usage.` in 2. */
export const nightlyError = defineErrors({
  'nightly.no-config': (d: { readonly path: string; readonly reason: string }) =>
    `cannot read the configuration ${d.path}: ${d.reason}`,
  'nightly.bad-config': (d: {
    readonly path: string;
    readonly at: string;
    readonly problem: string;
  }) => `${d.path}, ${d.at}: ${d.problem}`,
  'nightly.no-folder': (d: { readonly pattern: string; readonly folder: string }) =>
    `logs ${d.pattern}: there is no folder ${d.folder}`,
  'nightly.no-runs-folder': (d: { readonly folder: string; readonly reason: string }) =>
    `runs cannot be kept in ${d.folder}: ${d.reason}; accepted is a folder that may be written`,
  'nightly.unreadable-log': (d: { readonly path: string; readonly reason: string }) =>
    `the log ${d.path} cannot be read: ${d.reason}`,
  'nightly.locked': (d: { readonly folder: string; readonly owner: string }) =>
    `another run works in ${d.folder}: ${d.owner}; wait for it, or stop it`,
  'nightly.lock-lost': (d: { readonly folder: string; readonly reason: string }) =>
    `the lock of ${d.folder} was lost: ${d.reason}; nothing was published, run again with --resume`,
  'nightly.corrupt': (d: {
    readonly path: string;
    readonly problem: string;
    readonly wayOut: string;
  }) => `${d.path} is damaged: ${d.problem}; ${d.wayOut}`,
  'nightly.clock-backwards': (d: { readonly date: string; readonly current: string }) =>
    `the date ${d.date} lies before ${d.current}, which is published; accepted is ${d.current} or later (--date), or first: nightly rollback`,
  'nightly.step-failed': (d: {
    readonly step: string;
    readonly how: string;
    readonly tail: string;
    readonly log: string;
  }) =>
    `step ${d.step} ${d.how}: ${d.tail} (log: ${d.log}); what is done is kept, run again with --resume`,
  'nightly.gate-failed': (d: {
    readonly run: string;
    readonly reasons: readonly string[];
    readonly current: string;
  }) =>
    `${d.run} is not published, ${d.current} stays current: ${d.reasons.join('; ')}; where the logs are right, run again with --resume and --accept and the names of these gates, or widen gates in the configuration`,
  'nightly.unknown-run': (d: { readonly found: string; readonly accepted: readonly string[] }) =>
    `there is no published run ${d.found}; accepted: ${d.accepted.join(', ') || 'none is published yet'}`,
  'nightly.no-earlier-run': (d: { readonly current: string }) =>
    `there is no run before ${d.current} to go back to`,
  'nightly.no-dates': (d: { readonly files: readonly string[] }) =>
    `backfill needs {date} in logs.files, found: ${d.files.join(', ')}`,
  'usage.bad-date': (d: { readonly option: string; readonly found: string }) =>
    `--${d.option} ${d.found}: accepted is a date such as 2026-11-20`,
  'usage.bad-range': (d: { readonly from: string; readonly to: string }) =>
    `--from ${d.from} lies after --to ${d.to}`,
});
