import { TRACE_FORMATS, type TraceOptions } from '@wavetune/trace';
import { beginScan, type EventScan } from '../scan/index.ts';
import type { FileTotals } from '../totals/file-totals.ts';
import type { EventRules } from './event-plan.ts';

/** What a scan is made from: what was begun before, if it was; of other rules, or none: a new one, on this thread. */
export async function scanEventFile(
  path: string,
  rules: EventRules,
  begun: EventScan | undefined,
): Promise<FileTotals | undefined> {
  const isOfUse =
    begun !== undefined &&
    begun.path === path &&
    begun.rules.halfLifeMillis === rules.halfLifeMillis &&
    begun.rules.latestMillis <= rules.latestMillis;
  if (isOfUse) return begun.finish();
  begun?.cancel();
  return beginScan(path, rules, 1)?.finish();
}

/** Whether the columns of a Parquet file show that it holds prefix events, and nothing else. */
export function arePrefixEvents(
  path: string,
  options: TraceOptions,
  columns: readonly string[],
): boolean {
  const sample = {
    path,
    options,
    layout: 'parquet' as const,
    columns: columns.map((name) => ({ name, kind: '' })),
  };
  const shown = TRACE_FORMATS.filter(
    ({ layouts, detect }) => layouts.includes('parquet') && detect(sample) !== undefined,
  );
  return shown.length === 1 && shown[0].name === 'prefix-events';
}
