import { coreError } from './core-errors.ts';

const BYTES_BY_SUFFIX: Readonly<Record<string, number>> = {
  '': 1,
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  PB: 1e15,
  KIB: 2 ** 10,
  MIB: 2 ** 20,
  GIB: 2 ** 30,
  TIB: 2 ** 40,
  PIB: 2 ** 50,
};

/**
 * Bytes of a size such as `40GiB`, `512 KB` or `1048576`; rounded down to whole bytes.
 *
 * @throws WavetuneError `core.bad-size` for anything else, negative sizes and sizes past 2^53 included.
 */
export function parseSize(text: string): number {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(text);
  const scale = match ? BYTES_BY_SUFFIX[match[2].toUpperCase()] : undefined;
  const bytes = match && scale !== undefined ? Math.floor(Number(match[1]) * scale) : Number.NaN;
  if (!Number.isSafeInteger(bytes)) {
    throw coreError('core.bad-size', {
      found: text,
      accepted: 'a number and B, KB to PB or KiB to PiB, at most 2^53 bytes',
    });
  }
  return bytes;
}

/** `1610612736` → `1.5 GiB`: three significant digits, binary units. */
export function formatSize(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  let value = bytes;
  let unit = 0;
  while (Math.abs(value) >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 ? value : Number(value.toPrecision(3))} ${units[unit]}`;
}

/** `12031` → `12,031`; of whole numbers without the tables of locales, whose first use takes 50 ms. */
export function formatCount(count: number): string {
  if (Number.isSafeInteger(count)) return `${count}`.replace(/\B(?=(\d{3})+$)/g, ',');
  return count.toLocaleString('en-US', { maximumFractionDigits: 0 });
}
