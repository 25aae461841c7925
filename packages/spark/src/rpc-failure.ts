import { type ServiceError, status } from '@grpc/grpc-js';
import { type ErrorInfo, readErrorInfo, readErrorStatus } from './connect-protocol.ts';
import { sparkError } from './spark-errors.ts';

/** A failed call, read. */
export interface RpcFailure {
  readonly code: number;
  readonly reason: string;
  /** Spark's own name of what is wrong, such as `UNRESOLVED_COLUMN.WITH_SUGGESTION`; empty where it gave none. */
  readonly errorClass: string;
  /** Five characters; empty where Spark gave none. */
  readonly sqlState: string;
  /** The server said it itself; otherwise the way to the server or the server is broken. */
  readonly isAnswer: boolean;
}

const ERROR_INFO = 'type.googleapis.com/google.rpc.ErrorInfo';

/** What went wrong in a call; undefined for what is no failure of a call. */
export function readFailure(failure: unknown): RpcFailure | undefined {
  if (!isServiceError(failure)) return undefined;
  const [bytes] = failure.metadata?.get('grpc-status-details-bin') ?? [];
  const said = bytes instanceof Buffer ? readErrorStatus(bytes) : undefined;
  const detail = said?.details?.find(({ typeUrl }) => typeUrl === ERROR_INFO)?.value;
  const info: ErrorInfo = detail === undefined ? {} : readErrorInfo(detail);
  return {
    code: failure.code,
    reason: withoutPlan(said?.message ?? failure.details),
    errorClass: info.metadata?.errorClass ?? '',
    sqlState: info.metadata?.sqlState ?? '',
    isAnswer: detail !== undefined,
  };
}

/** Whether going on with the same operation may help. */
export function isBroken({ code, isAnswer }: RpcFailure): boolean {
  const isTransport = code === status.UNAVAILABLE || code === status.INTERNAL;
  return isTransport && !isAnswer;
}

/** A failure of a call as one of ours; everything else as it is. */
export function codedFailure(failure: unknown, server: string, wasHeard: boolean): unknown {
  const read = readFailure(failure);
  if (read === undefined) return failure;
  const { code, reason, errorClass, sqlState } = read;
  const cause = { cause: failure };
  if (code === status.UNAUTHENTICATED || code === status.PERMISSION_DENIED) {
    return sparkError('spark.refused', { server, reason }, cause);
  }
  if (errorClass.startsWith('INVALID_HANDLE.')) {
    return sparkError('spark.lost', { server, reason: 'it knows this session no more' }, cause);
  }
  if (isBroken(read) || code === status.DEADLINE_EXCEEDED) {
    return sparkError(wasHeard ? 'spark.lost' : 'spark.unreachable', { server, reason }, cause);
  }
  return sparkError('spark.query-failed', { errorClass, sqlState, reason }, cause);
}

function isServiceError(failure: unknown): failure is ServiceError {
  return failure instanceof Error && 'code' in failure && 'details' in failure;
}

/** Behind its sentence Spark prints the whole plan, which holds what the user's own files hold. */
function withoutPlan(text: string): string {
  const end = text.search(/;?\n('|\+-|\n|==|\s+at )/);
  return end < 0 ? text : text.slice(0, end);
}
