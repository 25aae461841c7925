import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ArrowBatch, ExecuteResponse } from './connect-protocol.ts';
import type { ConnectSession } from './connect-session.ts';
import { isBroken, readFailure } from './rpc-failure.ts';

/** Waits before each further try to take up a broken result again. */
const REATTACH_WAITS_MILLIS = [100, 300, 1000, 2000];
const GOODBYE_MILLIS = 5000;

/**
 * The result of a query, batch by batch, as fast as the consumer takes them.
 *
 * A broken stream, and one that the server ends early on purpose, is taken up behind the last batch that arrived, so that no
 * row comes twice or is lost. However the loop ends, the server is told, which stops the query there.
 *
 * @param signal - Takes the query back; its reason is what the loop then throws.
 * @throws WavetuneError `spark.*`
 */
export async function* executeSql(
  session: ConnectSession,
  query: string,
  signal: AbortSignal,
): AsyncGenerator<ArrowBatch> {
  signal.throwIfAborted();
  const operation = openOperation(session, query);
  const cancel = (): void => operation.hangUp();
  signal.addEventListener('abort', cancel);
  let failures = 0;
  try {
    for (;;) {
      try {
        for await (const response of operation.responses()) {
          failures = 0;
          session.hear(response);
          operation.lastResponseId = response.responseId || operation.lastResponseId;
          if (response.arrowBatch) yield withRows(response.arrowBatch);
          if (response.resultComplete) return;
        }
        operation.goOn();
      } catch (failure) {
        signal.throwIfAborted();
        await operation.recover(failure, failures++, signal);
      }
    }
  } finally {
    signal.removeEventListener('abort', cancel);
    operation.hangUp();
    await release(session, operation.id, signal.aborted);
  }
}

interface Operation {
  readonly id: string;
  lastResponseId: string | undefined;
  responses(): AsyncIterable<ExecuteResponse>;
  goOn(): void;
  /** Gets ready to read on, or throws what cannot be recovered from. */
  recover(failure: unknown, failures: number, signal: AbortSignal): Promise<void>;
  hangUp(): void;
}

function openOperation(session: ConnectSession, query: string): Operation {
  const id = randomUUID();
  const begin = () =>
    session.open('ExecutePlan', {
      plan: { root: { sql: { query } } },
      operationId: id,
      requestOptions: [{ reattachOptions: { reattachable: true } }],
    });
  let call = begin();
  const operation: Operation = {
    id,
    lastResponseId: undefined,
    responses: () => call,
    goOn: () => {
      const { lastResponseId } = operation;
      call = session.open('ReattachExecute', {
        operationId: id,
        ...(lastResponseId !== undefined && { lastResponseId }),
      });
    },
    recover: async (failure, failures, signal) => {
      const read = readFailure(failure);
      const wait = REATTACH_WAITS_MILLIS[failures];
      if (read === undefined || wait === undefined || !session.wasHeard)
        throw session.coded(failure);
      const neverArrived = read.errorClass === 'INVALID_HANDLE.OPERATION_NOT_FOUND';
      if (neverArrived && operation.lastResponseId === undefined) {
        call = begin();
        return;
      }
      if (!isBroken(read)) throw session.coded(failure);
      await sleep(wait, undefined, { signal }).catch(() => signal.throwIfAborted());
      operation.goOn();
    },
    hangUp: () => {
      // A call that is cancelled fails, and nobody may be listening.
      call.on('error', () => undefined);
      call.cancel();
    },
  };
  return operation;
}

/** Nothing that fails here matters: a server that is told nothing drops the query after some minutes. */
async function release(session: ConnectSession, operationId: string, stops: boolean) {
  if (session.isClosed || !session.wasHeard) return;
  const ignore = (): undefined => undefined;
  if (stops) {
    const interruptType = 'INTERRUPT_TYPE_OPERATION_ID';
    await session.call('Interrupt', { interruptType, operationId }, GOODBYE_MILLIS).catch(ignore);
  }
  await session
    .call('ReleaseExecute', { operationId, releaseAll: {} }, GOODBYE_MILLIS)
    .catch(ignore);
}

/** An absent number is 0 on the wire. */
function withRows({ rowCount = 0, data }: Partial<ArrowBatch>): ArrowBatch {
  return { rowCount, data: data ?? new Uint8Array() };
}
