import { plainText } from '../../catalog/plain-text.ts';
import type { Discard } from '../../plan/discard.ts';
import type { ModelOptions } from './model-options.ts';
import { type ModelAnswer, type ModelQuestion, protocolOf } from './protocols.ts';

/** Bytes of a response; a plan's text, escaped, with what endpoints put around it. Chosen. */
const LARGEST_RESPONSE_BYTES = 2 ** 20;

export type Asked = { readonly answer: ModelAnswer; readonly discard?: undefined } | Failed;

interface Failed {
  readonly answer?: undefined;
  readonly discard: Discard;
  /** What the endpoint asked to wait. */
  readonly retryAfterMillis?: number;
  /** The endpoint does not know this way of holding an answer to the schema. */
  readonly isFormatRefused?: boolean;
}

/** What is asked, and how. */
export interface Asking {
  readonly question: ModelQuestion;
  readonly options: ModelOptions;
  /** Place in what the protocol's `formatsOf` gives. */
  readonly format: number;
}

/** Asks once. Rejects only when `abort` did: what goes wrong otherwise is an answer too. */
export async function askModel(asking: Asking, abort: AbortSignal): Promise<Asked> {
  abort.throwIfAborted();
  const { options } = asking;
  const timeout = AbortSignal.timeout(options.timeoutMillis);
  try {
    const response = await post(asking, AbortSignal.any([abort, timeout]));
    const text = await readText(response);
    if (text === undefined) {
      return { discard: { kind: 'too-large', detail: `over ${LARGEST_RESPONSE_BYTES} bytes` } };
    }
    if (response.status === 200) return readAnswer(text, options);
    return {
      ...failedAnswer(response, text),
      isFormatRefused: namesFormat(asking, response, text),
    };
  } catch (error) {
    abort.throwIfAborted();
    if (timeout.aborted) {
      return { discard: { kind: 'timeout', detail: `no answer in ${options.timeoutMillis} ms` } };
    }
    return { discard: { kind: 'connection', detail: reasonOf(error) } };
  }
}

function post(asking: Asking, signal: AbortSignal): Promise<Response> {
  const { url, apiKey } = asking.options;
  const protocol = protocolOf(asking.options);
  const body = { ...protocol.bodyOf(asking.question, asking.options), ...formatOf(asking) };
  return fetch(new URL(protocol.path, url.endsWith('/') ? url : `${url}/`), {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
    },
    body: JSON.stringify(body),
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

/** Some servers refuse a format that they do not know with a status of 500. */
function namesFormat(asking: Asking, { status }: Response, text: string): boolean {
  const fields = Object.keys(formatOf(asking));
  return [400, 422, 500, 501].includes(status) && fields.some((field) => text.includes(field));
}

function formatOf({ question, options, format }: Asking): object {
  return protocolOf(options).formatsOf(question.schema)[format];
}

function failedAnswer({ status, headers }: Response, text: string): Failed {
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
