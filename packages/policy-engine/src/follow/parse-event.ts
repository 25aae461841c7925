import type { Clock } from '@wavetune/core';
import type { ItemEvent } from '../events/item-event.ts';
import { USUAL_NAMES } from '../events/item-log-plan.ts';

/** An event as it came: an object of fields, or whatever else a line held. */
export type RawEvent = unknown;

export interface ParseEventOptions {
  /** The actions that ask the cache; empty for all. */
  readonly requestActions: readonly string[];
  /** Of a value where the event has no size. */
  readonly valueBytes: number;
  /** When an event without a time happened. */
  readonly clock: Clock;
}

/** From so many digits on a number may be larger than a double holds exactly. */
const LONG_NUMBER = /\d{16}/;

/** What a line says as JSON, whole numbers that a double would round as their digits; the line itself where it is none. */
export function parseLine(line: string): RawEvent {
  try {
    return LONG_NUMBER.test(line) ? JSON.parse(line, keepDigits) : JSON.parse(line);
  } catch {
    return line;
  }
}

function keepDigits(_: string, value: unknown, { source }: { readonly source?: string } = {}) {
  const isRounded = Number.isInteger(value) && !Number.isSafeInteger(value);
  return isRounded && source !== undefined && /^-?\d+$/.test(source) ? source : value;
}

/** Past it a number is no time in milliseconds, nor a size of a value. */
const MOST_MILLIS = 8.64e15;
const MOST_BYTES = 2 ** 29;

/** The event, or why it is none. Times are milliseconds since 1970 or ISO 8601; fields go by the names that logs use. */
export function parseEvent(raw: RawEvent, options: ParseEventOptions): ItemEvent | string {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return 'no object of fields';
  const fields = new Map(Object.entries(raw).map(([name, value]) => [name.toLowerCase(), value]));
  const find = (column: keyof typeof USUAL_NAMES): unknown =>
    USUAL_NAMES[column].map((name) => fields.get(name)).find((value) => value !== undefined);
  const item = textOf(find('item'));
  if (item === '') return 'no item';
  const timeMillis = timeOf(find('ts'), options.clock);
  if (timeMillis === undefined) return 'a time that is none';
  const sizeBytes = sizeOf(find('size'), options.valueBytes);
  if (sizeBytes === undefined) return 'a size that is none';
  const action = textOf(find('action'));
  const { requestActions } = options;
  return {
    timeMillis,
    user: textOf(find('user')),
    action,
    item,
    category: textOf(find('category')),
    isRequest: requestActions.length === 0 || requestActions.includes(action),
    sizeBytes,
  };
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' ? String(value) : '';
}

function timeOf(value: unknown, clock: Clock): number | undefined {
  if (value === undefined || value === null || value === '') return clock.nowMillis();
  const number = numberOf(value);
  const millis = Number.isNaN(number) ? parseIsoMillis(textOf(value).trim()) : number;
  return Math.abs(millis) <= MOST_MILLIS ? millis : undefined;
}

const ISO = /^\d{4}-\d{2}-\d{2}(?:([T ])\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/i;

/** A time that names no zone is of UTC, as in a log that is replayed; NaN for what is none. */
function parseIsoMillis(text: string): number {
  const found = ISO.exec(text);
  if (found === null) return Number.NaN;
  const [, separator, zone] = found;
  return Date.parse(separator === undefined || zone !== undefined ? text : `${text}Z`);
}

function sizeOf(value: unknown, defaultBytes: number): number | undefined {
  if (value === undefined || value === null || value === '') return defaultBytes;
  const bytes = Math.round(numberOf(value));
  return bytes >= 0 && bytes <= MOST_BYTES ? bytes : undefined;
}

function numberOf(value: unknown): number {
  const text = textOf(value).trim();
  return text === '' ? Number.NaN : Number(text);
}
