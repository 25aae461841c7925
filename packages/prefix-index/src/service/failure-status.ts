import { isWavetuneError } from '@wavetune/core';

/** How a failure is answered. */
export interface FailureAnswer {
  /** Of HTTP. */
  readonly status: number;
  /** Of gRPC, as its numbers stand in its specification. */
  readonly grpcStatus: number;
  readonly body: FailureBody;
  readonly retryAfterMillis?: number;
}

export interface FailureBody {
  readonly error: { readonly code: string; readonly message: string };
}

const GRPC = {
  invalidArgument: 3,
  permissionDenied: 7,
  resourceExhausted: 8,
  internal: 13,
  unavailable: 14,
  unauthenticated: 16,
} as const;

type Rule = readonly [codePrefix: string, status: number, grpcStatus: number];

/** The first that fits. What nobody foresaw is an internal failure, and says nothing of itself. */
const RULES: readonly Rule[] = [
  ['service.no-token', 401, GRPC.unauthenticated],
  ['service.forbidden', 403, GRPC.permissionDenied],
  ['service.foreign-tenant', 403, GRPC.permissionDenied],
  ['service.foreign-host', 421, GRPC.permissionDenied],
  ['service.bad-request', 400, GRPC.invalidArgument],
  ['http.invalid-json-body', 400, GRPC.invalidArgument],
  ['service.ambiguous-prefix', 400, GRPC.invalidArgument],
  ['service.rate-limited', 429, GRPC.resourceExhausted],
  ['service.busy', 429, GRPC.resourceExhausted],
  ['service.too-many-watchers', 429, GRPC.resourceExhausted],
  ['service.starting', 503, GRPC.unavailable],
  ['service.index-lost', 503, GRPC.unavailable],
  ['service.stopping', 503, GRPC.unavailable],
  ['live-index.busy', 429, GRPC.resourceExhausted],
  ['live-index.closed', 503, GRPC.unavailable],
  ['index-disk.', 503, GRPC.unavailable],
  ['index-store.unreachable', 503, GRPC.unavailable],
  ['index-log.record-too-large', 413, GRPC.invalidArgument],
  ['prefix-index.bad-option', 400, GRPC.invalidArgument],
];

/** Chosen: what a full disk or a restart takes at least. */
const UNAVAILABLE_RETRY_MILLIS = 1000;

/** Their own messages name files. */
const STORE_MESSAGE =
  'the store takes nothing at the moment; what was acknowledged is safe, this was not taken: send it again later';

/** The answer to a failure: status 500 for what is ours. */
export function answerOf(failure: unknown): FailureAnswer {
  const rule = isWavetuneError(failure)
    ? RULES.find(([codePrefix]) => failure.code.startsWith(codePrefix))
    : undefined;
  if (rule === undefined || !isWavetuneError(failure)) {
    const error = { code: 'service.internal', message: 'an internal failure; the log has it' };
    return { status: 500, grpcStatus: GRPC.internal, body: { error } };
  }
  const [, status, grpcStatus] = rule;
  const retryAfterMillis = retryAfter(failure.details, status);
  const message = failure.code.startsWith('index-')
    ? STORE_MESSAGE
    : failure.message.slice(failure.code.length + 2);
  return {
    status,
    grpcStatus,
    body: { error: { code: failure.code, message } },
    ...(retryAfterMillis !== undefined && { retryAfterMillis }),
  };
}

function retryAfter(details: object, status: number): number | undefined {
  if ('retryAfterMillis' in details) return Number(details.retryAfterMillis);
  return status === 503 ? UNAVAILABLE_RETRY_MILLIS : undefined;
}
