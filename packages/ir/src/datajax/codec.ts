import type { z } from 'zod';
import { irError } from '../ir-errors.ts';
import { jsonPath } from '../json-path.ts';
import { checkNesting } from '../nesting.ts';
import { traceShape } from './shapes.ts';
import { type DatajaxTrace, EXPR_KINDS, STEP_TYPES } from './trace.ts';

/**
 * The trace of a JSON text, checked in its shape; nothing is lost: `encodeDatajaxTrace` of it is the text in canonical
 * form, `1.0` and integers past 2^53 included.
 *
 * @throws WavetuneError `ir.bad-trace`, `ir.unknown-step`, `ir.unknown-operator`, `ir.bad-suffixes`, `ir.too-deep`.
 */
export function decodeDatajaxTrace(text: string): DatajaxTrace {
  const document = parseExactly(text);
  const result = traceShape.safeParse(document);
  if (!result.success) throw toTraceError(result.error.issues[0], document);
  const trace = result.data;
  if (trace[0]?.type !== 'input') {
    throw irError('ir.bad-trace', { path: '$', reason: 'a trace begins with an input step' });
  }
  const second = trace.findIndex(({ type }, i) => i > 0 && type === 'input');
  if (second > 0) {
    throw irError('ir.bad-trace', { path: `$[${second}]`, reason: 'a trace has one input step' });
  }
  return trace;
}

/**
 * The trace as JSON with sorted keys, without blanks; equal traces give equal text.
 *
 * @throws WavetuneError `ir.bad-trace` for NaN and infinities, which JSON has not; `ir.too-deep`.
 */
export function encodeDatajaxTrace(trace: DatajaxTrace): string {
  checkNesting(trace);
  return written(trace);
}

function written(value: unknown): string {
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'number') return writtenFloat(value);
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(written).join(',')}]`;
  const entries = Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, item]) => `${JSON.stringify(key)}:${written(item)}`);
  return `{${entries.join(',')}}`;
}

/** The shortest text that reads back as this float and not as an integer. */
function writtenFloat(value: number): string {
  if (!Number.isFinite(value)) {
    throw irError('ir.bad-trace', { path: '$', reason: `${value}, which JSON has not,` });
  }
  if (Object.is(value, -0)) return '-0.0';
  const text = JSON.stringify(value);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}

type Reviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown;

/** JSON whose integers are bigint and whose other numbers are number. */
function parseExactly(text: string): unknown {
  const parse = JSON.parse as (text: string, reviver?: Reviver) => unknown;
  try {
    checkNesting(parse(text));
    return parse(text, (_, value, { source = '' }) =>
      typeof value === 'number' && /^-?\d+$/.test(source) ? BigInt(source) : value,
    );
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw irError('ir.bad-trace', { path: '$', reason: error.message }, { cause: error });
  }
}

function toTraceError(issue: z.core.$ZodIssue, document: unknown): Error {
  const keys = issue.path[1] === 'suffixes' ? issue.path.slice(0, 2) : issue.path;
  const path = jsonPath('$', keys);
  const found = foundAt(document, keys);
  if (keys[1] === 'suffixes') return irError('ir.bad-suffixes', { path, found });
  if (issue.code === 'invalid_union' && issue.discriminator === 'type') {
    return irError('ir.unknown-step', { path, found, accepted: STEP_TYPES });
  }
  if (issue.code === 'invalid_union' && issue.discriminator === 'kind') {
    return irError('ir.unknown-operator', { path, found, accepted: EXPR_KINDS });
  }
  if (issue.code === 'invalid_value') {
    return irError('ir.unknown-operator', { path, found, accepted: issue.values.map(String) });
  }
  return irError('ir.bad-trace', { path, reason: issue.message });
}

function foundAt(document: unknown, path: readonly PropertyKey[]): string {
  const value = path.reduce<unknown>(
    (item, key) => (item as Readonly<Record<PropertyKey, unknown>> | undefined)?.[key],
    document,
  );
  return value === undefined ? 'nothing' : written(value);
}
