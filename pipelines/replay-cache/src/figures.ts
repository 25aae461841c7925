import { formatCount } from '@wavetune/core';

/** A ratio as a person reads it; a dash over nothing. */
export function percent(ratio: number | undefined): string {
  return ratio === undefined ? '–' : `${(100 * ratio).toFixed(2)} %`;
}

/** A ratio of counts; undefined over nothing. */
export function ratioOf(part: number, whole: number): number | undefined {
  return whole > 0 ? part / whole : undefined;
}

/** `1 h 02 min`, `3 min 20 s`, `12.5 s`. */
export function duration(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.round(seconds % 60)} s`;
  return `${formatCount(Math.floor(minutes / 60))} h ${String(minutes % 60).padStart(2, '0')} min`;
}
