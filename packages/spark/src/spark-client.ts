import type { ArrowBatch } from './connect-protocol.ts';
import { openSession } from './connect-session.ts';
import { executeSql } from './execute-sql.ts';
import { sparkError } from './spark-errors.ts';
import { parseSparkUrl } from './spark-url.ts';

export interface SparkClientOptions {
  /** How long a query may take, and any other call; without it queries have no limit. */
  readonly deadlineMillis?: number;
}

/** A session on a Spark Connect server. Failures leave as `spark.*` errors. */
export interface SparkClient {
  /** `host:port`. */
  readonly server: string;
  readonly sparkVersion: string;
  /** The result, batch by batch; queries may overlap. Leaving the loop stops the query on the server. */
  execute(query: string): AsyncIterable<ArrowBatch>;
  /** How Spark would run it; runs nothing. */
  explain(query: string): Promise<string>;
  /** Settings of this session. */
  configure(settings: Readonly<Record<string, string>>): Promise<void>;
  /** What a setting has, on the server or in this session; undefined where it has nothing. */
  setting(key: string): Promise<string | undefined>;
  /** Makes the queries that run fail with `spark.interrupted`, and stops them on the server. */
  interrupt(): void;
  /** Interrupts what runs, waits until the server knows, and ends the session. */
  close(): Promise<void>;
}

const CALL_MILLIS = 60_000;

/**
 * Connects to `sc://host:port`.
 *
 * @throws WavetuneError `usage.spark-url`, `spark.unreachable`, `spark.refused`.
 */
export async function connectSpark(
  url: string,
  { deadlineMillis }: SparkClientOptions = {},
): Promise<SparkClient> {
  const session = openSession(parseSparkUrl(url));
  const callMillis = deadlineMillis ?? CALL_MILLIS;
  const running = new Map<AbortController, Promise<void>>();
  const interrupt = (): void => {
    for (const abort of running.keys()) abort.abort(sparkError('spark.interrupted', {}));
  };
  async function* execute(query: string): AsyncGenerator<ArrowBatch> {
    const abort = new AbortController();
    const ended = Promise.withResolvers<void>();
    running.set(abort, ended.promise);
    const timer = deadlineMillis && setTimeout(expire, deadlineMillis, abort, deadlineMillis);
    try {
      yield* executeSql(session, query, abort.signal);
    } finally {
      clearTimeout(timer);
      running.delete(abort);
      ended.resolve();
    }
  }
  try {
    const { sparkVersion } = await session.call('AnalyzePlan', { sparkVersion: {} }, callMillis);
    return {
      server: session.server,
      sparkVersion: sparkVersion?.version ?? '',
      execute,
      explain: async (query) => {
        const explain = {
          plan: { root: { sql: { query } } },
          explainMode: 'EXPLAIN_MODE_FORMATTED',
        } as const;
        const answer = await session.call('AnalyzePlan', { explain }, callMillis);
        return answer.explain?.explainString ?? '';
      },
      configure: async (settings) => {
        const pairs = Object.entries(settings).map(([key, value]) => ({ key, value }));
        await session.call('Config', { operation: { set: { pairs } } }, callMillis);
      },
      setting: async (key) => {
        const operation = { getOption: { keys: [key] } };
        const answer = await session.call('Config', { operation }, callMillis);
        return answer.pairs?.[0]?.value;
      },
      interrupt,
      close: async () => {
        interrupt();
        await Promise.all(running.values());
        await session.close();
      },
    };
  } catch (failure) {
    await session.close();
    throw failure;
  }
}

function expire(abort: AbortController, millis: number): void {
  abort.abort(sparkError('spark.deadline', { seconds: millis / 1000 }));
}
