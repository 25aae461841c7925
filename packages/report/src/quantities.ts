import { formatCount, formatSize } from '@wavetune/core';
import type { Cell, Quantity } from './table.ts';

const NOTHING = '–';

const FORMATS: Readonly<Record<Quantity, (value: number) => string>> = {
  text: String,
  count: formatCount,
  number: (value) => formatNumber(value),
  ratio: formatRatio,
  gain: (value) => `${signOf(value)}${(100 * Math.abs(value)).toFixed(1)} %`,
  points: formatPoints,
  bytes: formatSize,
  seconds: formatDuration,
  micros: (value) => formatDuration(value / 1e6),
};

/** A cell as a person reads it; a dash for nothing. */
export function formatCell(quantity: Quantity, value: Cell): string {
  if (value === null) return NOTHING;
  return typeof value === 'string' ? value : FORMATS[quantity](value);
}

/** `0.2393` → `23.93 %`; a dash over nothing. */
export function formatRatio(ratio: number | null | undefined): string {
  return ratio === null || ratio === undefined ? NOTHING : `${(100 * ratio).toFixed(2)} %`;
}

/** A difference of ratios: `0.0511` → `+5.11 points`. */
export function formatPoints(difference: number): string {
  return `${signOf(difference)}${(100 * Math.abs(difference)).toFixed(2)} points`;
}

/** Three significant digits and a unit: `640 µs`, `12.5 s`, `10 min 39 s`, `2 h 05 min`, `3 d 4 h`. */
export function formatDuration(seconds: number): string {
  const size = Math.abs(seconds);
  if (size === 0) return '0 s';
  if (size < 0.9995e-3) return `${digits(seconds * 1e6)} µs`;
  if (size < 0.9995) return `${digits(seconds * 1e3)} ms`;
  if (size < 59.95) return `${digits(seconds)} s`;
  const whole = Math.round(size);
  const sign = seconds < 0 ? '−' : '';
  const pair = (large: number, largeUnit: string, small: number, smallUnit: string): string =>
    `${sign}${formatCount(large)} ${largeUnit}${small === 0 ? '' : ` ${small} ${smallUnit}`}`;
  if (whole < 3600) return pair(Math.floor(whole / 60), 'min', whole % 60, 's');
  const minutes = Math.round(size / 60);
  if (minutes < 48 * 60) return pair(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
  const hours = Math.round(size / 3600);
  return pair(Math.floor(hours / 24), 'd', hours % 24, 'h');
}

/** `16249856` → `16.2 M`: what a glance takes in; the exact count stands beside it. */
export function formatRough(count: number): string {
  const size = Math.abs(count);
  if (size < 10_000) return formatCount(count);
  const [scale, suffix] = size < 1e6 ? [1e3, 'k'] : size < 1e9 ? [1e6, 'M'] : [1e9, 'G'];
  return `${digits(count / scale)} ${suffix}`;
}

/** Three significant digits, no trailing zeros, never an exponent. */
export function formatNumber(value: number): string {
  return Math.abs(value) >= 1000 ? formatCount(value) : digits(value);
}

/** `+` or a minus sign; nothing before 0. */
export function signOf(value: number): string {
  return value > 0 ? '+' : value < 0 ? '−' : '';
}

function digits(value: number): string {
  return String(Number(value.toPrecision(3)));
}
