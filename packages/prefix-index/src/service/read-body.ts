import type { z } from 'zod';
import { type RequestIssue, serviceError } from './service-errors.ts';

const MOST_ISSUES = 8;
const UTF8 = new TextDecoder('utf-8', { fatal: true });

/**
 * A request's body: what it says in JSON, checked, or as it is where that was done before.
 *
 * @throws WavetuneError `http.invalid-json-body`, `service.bad-request`
 */
export function readBody<Schema extends z.ZodType<object>>(
  schema: Schema,
  body: Uint8Array | z.output<Schema>,
): z.output<Schema> {
  return body instanceof Uint8Array ? checkRequest(schema, parseJson(body)) : body;
}

/** @throws WavetuneError `service.bad-request` */
export function checkRequest<Schema extends z.ZodType>(
  schema: Schema,
  request: unknown,
): z.output<Schema> {
  const parsed = schema.safeParse(request);
  if (parsed.success) return parsed.data;
  throw badRequest(
    parsed.error.issues.map(({ path, message: reason }) => ({
      at: path.join('.') || 'request',
      reason,
    })),
  );
}

/** Names the first few. */
export function badRequest(issues: readonly RequestIssue[]): Error {
  return serviceError('service.bad-request', { issues: issues.slice(0, MOST_ISSUES) });
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(UTF8.decode(body));
  } catch {
    throw serviceError('http.invalid-json-body', {});
  }
}
