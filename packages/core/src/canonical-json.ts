import { coreError } from './core-errors.ts';

/** What JSON can say. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json | undefined };

/**
 * JSON with sorted keys and the shortest round-trip form of each number (RFC 8785), so that equal values give equal bytes.
 *
 * Keys whose value is `undefined` are left out. `indent` > 0 lays out objects and arrays of objects over lines; arrays of
 * scalars, and arrays of those, stay on one line.
 *
 * A bigint is written with all its digits: read it back with a reader that keeps them.
 *
 * @throws WavetuneError `core.not-canonical` for NaN, infinities, functions and class instances, with their path.
 */
export function canonicalJson(value: unknown, indent = 0): string {
  const parts: string[] = [];
  for (const part of canonicalJsonParts(value, indent)) parts.push(part);
  return parts.join('');
}

/** As {@link canonicalJson}, in parts of about 64 KiB, for documents too large for one string. */
export function* canonicalJsonParts(value: unknown, indent = 0): Generator<string> {
  const frames: Frame[] = [];
  let pending = open(value, frames, indent);
  while (frames.length > 0) {
    const frame = frames[frames.length - 1];
    if (frame.next === frame.length) {
      pending += frame.end;
      frames.pop();
      continue;
    }
    const at = frame.next++;
    pending += at > 0 ? `,${frame.separator}` : frame.separator;
    if (frame.keys === undefined) {
      pending += open(frame.items[at], frames, indent);
    } else {
      const key = frame.keys[at];
      pending += `${JSON.stringify(key)}:${indent > 0 ? ' ' : ''}`;
      pending += open(frame.record[key], frames, indent);
    }
    if (pending.length >= 65_536) {
      yield pending;
      pending = '';
    }
  }
  if (indent > 0) pending += '\n';
  if (pending !== '') yield pending;
}

/** An array or object that is being written; `next` counts its children that are written or under way. */
type Frame = {
  next: number;
  readonly length: number;
  readonly separator: string;
  readonly end: string;
} & (
  | { readonly keys: undefined; readonly items: ArrayLike<unknown> }
  | { readonly keys: readonly string[]; readonly record: Readonly<Record<string, unknown>> }
);

/** The text of a scalar, or the bracket that opens a container, whose frame is pushed. */
function open(value: unknown, frames: Frame[], indent: number): string {
  if (value === null || typeof value !== 'object') return scalar(value, frames);
  const depth = frames.length;
  if (Array.isArray(value) || ArrayBuffer.isView(value)) {
    const items = value as ArrayLike<unknown>;
    const spread = indent > 0 && Array.prototype.some.call(items, isObject);
    frames.push({
      keys: undefined,
      items,
      next: 0,
      length: items.length,
      separator: spread ? lineBreak(indent, depth + 1) : '',
      end: spread ? `${lineBreak(indent, depth)}]` : ']',
    });
    return '[';
  }
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    throw notCanonical(frames, `an instance of ${value.constructor.name}`);
  }
  const record = value as Readonly<Record<string, unknown>>;
  const keys = Object.keys(record)
    .filter((key) => record[key] !== undefined)
    .sort();
  const spread = indent > 0 && keys.length > 0;
  frames.push({
    keys,
    record,
    next: 0,
    length: keys.length,
    separator: indent > 0 ? lineBreak(indent, depth + 1) : '',
    end: spread ? `${lineBreak(indent, depth)}}` : '}',
  });
  return '{';
}

function scalar(value: unknown, frames: readonly Frame[]): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (value === null || typeof value === 'boolean' || typeof value === 'bigint')
    return String(value);
  if (typeof value !== 'number') throw notCanonical(frames, `a ${typeof value}`);
  if (!Number.isFinite(value)) throw notCanonical(frames, String(value));
  return JSON.stringify(Object.is(value, -0) ? 0 : value);
}

function notCanonical(frames: readonly Frame[], found: string): Error {
  const steps = frames.map(({ keys, next }) => (keys ? `.${keys[next - 1]}` : `[${next - 1}]`));
  return coreError('core.not-canonical', { path: `$${steps.join('')}`, found });
}

function isObject(value: unknown): boolean {
  return (
    value !== null &&
    typeof value === 'object' &&
    !Array.isArray(value) &&
    !ArrayBuffer.isView(value)
  );
}

function lineBreak(indent: number, depth: number): string {
  return `\n${' '.repeat(indent * depth)}`;
}
