import { formatCount, formatSize } from '@wavetune/core';
import type { Figure, PlanMetrics } from '@wavetune/metrics';

/** `15 MiB (scaled, 14 MiB to 16 MiB)`: a figure of bytes, where it comes from, and its bounds where it has some. */
export function bytesText({ value, provenance, bounds }: Figure): string {
  const text = (bytes: number): string => formatSize(Math.round(bytes));
  const within = bounds === undefined ? '' : `, ${text(bounds.low)} to ${text(bounds.high)}`;
  return `${text(value)} (${provenance}${within})`;
}

/** What scaled figures rest on, in a line; no line where all rows were measured. */
export function sampleLines({ sample }: PlanMetrics): readonly string[] {
  if (sample === undefined) return [];
  const { rows, ofRows, parts, confidence } = sample;
  const drawn = `${formatCount(rows)} of ${formatCount(ofRows)} rows in ${parts} stretches`;
  return [`sample    ${drawn}, scaled; bounds hold ${100 * confidence} %`];
}

/** How far the estimates were off, in a line; none where they were not held to all rows. */
export function qErrorLines({ sample, qError }: PlanMetrics): readonly string[] {
  if (qError === undefined || sample !== undefined) return [];
  const { rows, bytes } = qError;
  return [`q-error   rows ${rows.toFixed(2)}, bytes ${bytes.toFixed(2)} (medians over the nodes)`];
}

/** `1 rank`, `4 ranks`. */
export function countText(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}
