import { clientError } from './client-errors.ts';

/** How a service is reached. */
export interface ServiceAddress {
  readonly url: URL;
  readonly token: string | undefined;
  readonly timeoutMillis: number;
}

/**
 * One call, its answer as JSON.
 *
 * @param body - What to post; a question without one.
 * @throws WavetuneError `hint-client.unreachable`, `hint-client.refused`, `hint-client.unreadable`
 */
export async function callService(
  { url, token, timeoutMillis }: ServiceAddress,
  path: string,
  body?: object,
): Promise<object> {
  const target = new URL(path, url.href.endsWith('/') ? url : `${url.href}/`);
  const { response, text } = await exchange(target, {
    signal: AbortSignal.timeout(timeoutMillis),
    redirect: 'error',
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
  });
  const answer = parseObject(text);
  if (!response.ok) {
    const { code = 'unknown', message = 'no reason given' } = errorOf(answer);
    const { status } = response;
    throw clientError('hint-client.refused', { url: target.href, status, code, message });
  }
  if (answer === undefined) {
    const reason = 'the answer is no JSON object';
    throw clientError('hint-client.unreadable', { url: target.href, reason });
  }
  return answer;
}

async function exchange(target: URL, request: RequestInit) {
  try {
    const response = await fetch(target, request);
    return { response, text: await response.text() };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw clientError('hint-client.unreachable', { url: target.href, reason }, { cause });
  }
}

function parseObject(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function errorOf(answer: object | undefined): {
  readonly code?: string;
  readonly message?: string;
} {
  if (answer === undefined || !('error' in answer)) return {};
  const { error } = answer;
  return typeof error === 'object' && error !== null ? error : {};
}
