import type { AddressInfo } from 'node:net';
import fastify from 'fastify';
import { executorError } from './executor-errors.ts';
import type { ExecutorHealth, ExecutorMetrics } from './executor-metrics.ts';

export interface ExecutorHttp {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * `/metrics`, and `/healthz`: 200 while both the plans and the cache can be reached, else 503 with which cannot. The
 * executor looks for what is gone by itself: 503 is no reason to restart it.
 *
 * @throws WavetuneError `executor.cannot-listen`
 */
export async function listenHttp(
  { host, port }: { readonly host: string; readonly port: number },
  metrics: ExecutorMetrics,
  health: () => ExecutorHealth,
): Promise<ExecutorHttp> {
  const app = fastify({ logger: false, forceCloseConnections: true });
  app.get('/metrics', async (_, reply) =>
    reply.type(metrics.contentType).send(await metrics.render()),
  );
  app.get('/healthz', (_, reply) => {
    const state = health();
    const isOk = state.plans === 'connected' && state.cache === 'connected';
    return reply.code(isOk ? 200 : 503).send({ status: isOk ? 'ok' : 'reconnecting', ...state });
  });
  try {
    await app.listen({ host, port });
  } catch (cause) {
    await app.close();
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw executorError(
      'executor.cannot-listen',
      { address: `${host}:${port}`, reason },
      { cause },
    );
  }
  return { port: (app.server.address() as AddressInfo).port, close: () => app.close() };
}
