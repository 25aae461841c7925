import { plainText } from '../../catalog/plain-text.ts';
import type { Discard } from '../../plan/discard.ts';
import type { ModelOptions } from './model-options.ts';
import { type ModelAnswer, type ModelQuestion, protocolOf } from './protocols.ts';

/** Bytes of a response; a plan's text, escaped, with what endpoints put around it. Chosen. */
const LARGEST_RESPONSE_BYTES = 2 ** 20;

export type Asked =
  | { readonly answer: ModelAnswer; readonly discard?: undefined }
  | {
      readonly answer?: undefined;
      readonly discard: Discard;
      /** What the endpoint asked to wait. */
      readonly retryAfterMillis?: number;
    };

/** Asks once. Rejects only when `abort` did: what goes wrong otherwise is an answer too. */
export async function askModel(
  question: ModelQuestion,
  options: ModelOptions,
  abort: AbortSignal,
): Promise<Asked> {
  abort.throwIfAborted();
  const timeout = AbortSignal.timeout(options.timeoutMillis);
  try {
    const response = await post(question, options, AbortSignal.any([abort, timeout]));
    const text = await readText(response);
    if (text === undefined) {
      return { discard: { kind: 'too-large', detail: `over ${LARGEST_RESPONSE_BYTES} bytes` } };
    }
    return response.status === 200 ? readAnswer(text, options) : failedAnswer(response, text);
  } catch (error) {
    abort.throwIfAborted();
    if (timeout.aborted) {
      return { discard: { kind: 'timeout', detail: `no answer in ${options.timeoutMillis} ms` } };
    }
    return { discard: { kind: 'connection', detail: reasonOf(error) } };
  }
}

function post(
  question: ModelQuestion,
  options: ModelOptions,
  signal: AbortSignal,
): Promise<Response> {
  const { url, apiKey } = options;
  const protocol = protocolOf(options);
  return fetch(new URL(protocol.path, url.endsWith('/') ? url : `${url}/`), {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
    },
    body: JSON.stringify(protocol.bodyOf(question, options)),
    redirect: 'manual',
    signal,
  });
}

/** Undefined where it is too large, which ends the connection. */
async function readText(response: Response): Promise<string | undefined> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of response.body ?? []) {
    bytes += part.byteLength;
    if (bytes > LARGEST_RESPONSE_BYTES) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

function readAnswer(text: string, options: ModelOptions): Asked {
  const answer = protocolOf(options).answerOf(parsed(text));
  if (answer !== undefined) return { answer };
  const detail = `neither an error nor an answer: ${plainText(text, 100)}`;
  return { discard: { kind: 'bad-response', detail } };
}

function failedAnswer({ status, headers }: Response, text: string): Asked {
  const isPassing = status >= 500 || status === 408 || status === 429;
  const kind = isPassing ? 'server-error' : 'refused';
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  return {
    discard: { kind, detail: `status ${status}: ${plainText(text, 100)}` },
    ...(seconds > 0 ? { retryAfterMillis: 1000 * seconds } : {}),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Node's `fetch` says only that it failed; why stands in the cause. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return plainText(cause instanceof Error ? cause.message || cause.name : String(cause), 100);
}
