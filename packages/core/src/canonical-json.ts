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
 * @throws WavetuneError `core.not-canonical` for NaN, infinities, bigint, functions and class instances, with their path.
 */
export function canonicalJson(value: unknown, indent = 0): string {
  const parts: string[] = [];
  for (const part of canonicalJsonParts(value, indent)) parts.push(part);
  return parts.join('');
}

/** As {@link canonicalJson}, in parts of about 64 KiB, for documents too large for one string. */
export function* canonicalJsonParts(value: unknown, indent = 0): Generator<string> {
  let pending = '';
  for (const token of tokens(value, '$', indent, 0)) {
    pending += token;
    if (pending.length >= 65_536) {
      yield pending;
      pending = '';
    }
  }
  if (indent > 0) pending += '\n';
  if (pending !== '') yield pending;
}

function* tokens(value: unknown, path: string, indent: number, depth: number): Generator<string> {
  if (value === null || typeof value !== 'object') {
    yield scalar(value, path);
  } else if (Array.isArray(value) || ArrayBuffer.isView(value)) {
    yield* arrayTokens(value as ArrayLike<unknown>, path, indent, depth);
  } else {
    yield* objectTokens(value, path, indent, depth);
  }
}

function* arrayTokens(
  items: ArrayLike<unknown>,
  path: string,
  indent: number,
  depth: number,
): Generator<string> {
  const spread = indent > 0 && Array.prototype.some.call(items, isObject);
  yield '[';
  for (let i = 0; i < items.length; i++) {
    if (i > 0) yield ',';
    if (spread) yield lineBreak(indent, depth + 1);
    yield* tokens(items[i], `${path}[${i}]`, indent, depth + 1);
  }
  if (spread) yield lineBreak(indent, depth);
  yield ']';
}

function* objectTokens(
  value: object,
  path: string,
  indent: number,
  depth: number,
): Generator<string> {
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    throw coreError('core.not-canonical', {
      path,
      found: `an instance of ${value.constructor.name}`,
    });
  }
  const record = value as Readonly<Record<string, unknown>>;
  const keys = Object.keys(record)
    .filter((key) => record[key] !== undefined)
    .sort();
  yield '{';
  for (let i = 0; i < keys.length; i++) {
    if (i > 0) yield ',';
    if (indent > 0) yield lineBreak(indent, depth + 1);
    yield JSON.stringify(keys[i]) + (indent > 0 ? ': ' : ':');
    yield* tokens(record[keys[i]], `${path}.${keys[i]}`, indent, depth + 1);
  }
  if (indent > 0 && keys.length > 0) yield lineBreak(indent, depth);
  yield '}';
}

function scalar(value: unknown, path: string): string {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw coreError('core.not-canonical', { path, found: String(value) });
  }
  if (value === null || ['number', 'string', 'boolean'].includes(typeof value)) {
    return JSON.stringify(Object.is(value, -0) ? 0 : value);
  }
  throw coreError('core.not-canonical', { path, found: `a ${typeof value}` });
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
