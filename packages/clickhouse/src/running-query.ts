import { randomUUID } from 'node:crypto';
import type { ClickHouseClient } from '@clickhouse/client';
import { CLICKHOUSE_SESSION, clickhouseKill } from '@wavetune/sql';
import { clickhouseError } from './clickhouse-errors.ts';
import { codedFailure, errorWithin } from './clickhouse-failure.ts';

/** A connection and the queries that run over it. */
export interface ClickhouseSession {
  readonly client: ClickHouseClient;
  /** For messages. */
  readonly server: string;
  readonly deadlineMillis: number | undefined;
  readonly running: Set<RunningQuery>;
  /** Requests that end queries, until they are answered. */
  readonly kills: Set<Promise<unknown>>;
  isClosed: boolean;
}

export interface RunningQuery {
  readonly id: string;
  readonly abort: AbortController;
  isInterrupted: boolean;
}

/** The last message of Arrow's stream format: a length of 0. */
const END_OF_STREAM = Buffer.from('ffffffff00000000', 'hex');
/** What is kept of the end of a result, to find an error in. */
const TAIL_BYTES = 4096;

/**
 * The bytes of a query's result in `format`, as they come; whoever leaves the loop before its end ends the query on the
 * server too.
 *
 * @throws WavetuneError `clickhouse.*`
 */
export async function* resultBytes(
  session: ClickhouseSession,
  query: string,
  format: 'ArrowStream' | 'JSONEachRow',
): AsyncGenerator<Uint8Array> {
  if (session.isClosed) throw clickhouseError('clickhouse.closed', {});
  const { client, server, deadlineMillis, running } = session;
  const run: RunningQuery = {
    id: randomUUID(),
    abort: new AbortController(),
    isInterrupted: false,
  };
  running.add(run);
  let tail = Buffer.alloc(0);
  let hasBegun = false;
  let isDone = false;
  try {
    const { stream } = await client.exec({
      query: `${query}\nFORMAT ${format}`,
      query_id: run.id,
      abort_signal: run.abort.signal,
      clickhouse_settings: {
        ...CLICKHOUSE_SESSION,
        ...(deadlineMillis === undefined ? {} : { max_execution_time: deadlineMillis / 1000 }),
      },
    });
    for await (const part of stream as AsyncIterable<Buffer>) {
      tail = Buffer.concat([tail, part]).subarray(-TAIL_BYTES);
      hasBegun = true;
      if (run.isInterrupted) throw clickhouseError('clickhouse.interrupted', {});
      yield part;
    }
    isDone = true;
    checkEnd(tail, format, server);
  } catch (failure) {
    const isInterrupted = run.isInterrupted;
    throw codedFailure(errorWithin(tail.toString('latin1')) ?? failure, {
      server,
      isInterrupted,
      hasBegun,
    });
  } finally {
    running.delete(run);
    if (!isDone && !run.isInterrupted) end(session, run);
  }
}

/** A server that fails in the middle writes its error behind what it has sent, or just closes. */
function checkEnd(tail: Buffer, format: string, server: string): void {
  if (format !== 'ArrowStream' || tail.subarray(-8).equals(END_OF_STREAM)) return;
  const error = errorWithin(tail.toString('latin1'));
  throw error ?? clickhouseError('clickhouse.lost', { server, reason: 'the result has no end' });
}

/** Makes all that runs fail with `clickhouse.interrupted`, and ends it on the server. */
export function interruptAll(session: ClickhouseSession): void {
  for (const run of session.running) {
    run.isInterrupted = true;
    end(session, run);
  }
}

function end(session: ClickhouseSession, run: RunningQuery): void {
  run.abort.abort();
  const kill = session.client
    .command({ query: clickhouseKill(run.id) })
    .catch(() => undefined)
    .finally(() => session.kills.delete(kill));
  session.kills.add(kill);
}
