import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import { createServiceMetrics } from '../metrics/service-metrics.ts';
import type { ContextService } from './context-service.ts';
import { createGate, isLoopback } from './gate.ts';
import { createHttpApp } from './http-app.ts';
import type { CallWatch } from './mcp-server.ts';
import { serviceError } from './service-errors.ts';
import { loggable } from './service-log.ts';

export interface HttpOptions {
  readonly service: ContextService;
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Without one, only this machine is answered. */
  readonly token?: string;
  /** Of one request. */
  readonly bodyLimitBytes: number;
  readonly withLegacyMetrics: boolean;
  /** What is under way when the service closes may take so long. */
  readonly graceMillis: number;
  readonly log: Logger;
}

/** A service that listens. */
export interface HttpService {
  readonly port: number;
  /** Takes no more, and answers what is under way. */
  readonly close: () => Promise<void>;
}

/** @throws WavetuneError `service.unsafe-bind`, `service.cannot-listen`, `service.bad-token` */
export async function startHttp(options: HttpOptions): Promise<HttpService> {
  const { service, host, port, token, bodyLimitBytes, graceMillis, log } = options;
  if (token === undefined && !isLoopback(host)) throw serviceError('service.unsafe-bind', { host });
  const metrics = createServiceMetrics({
    stats: service.stats,
    withLegacyNames: options.withLegacyMetrics,
  });
  const watch = logCalls(log, metrics.countCall);
  const gate = createGate(token);
  const app = await createHttpApp({ service, metrics, gate, watch, bodyLimitBytes });
  try {
    await app.listen({ host, port });
  } catch (cause) {
    await app.close();
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw serviceError('service.cannot-listen', { address: `${host}:${port}`, reason }, { cause });
  }
  return {
    port: (app.server.address() as AddressInfo).port,
    close: async () => {
      const timer = setTimeout(() => app.server.closeAllConnections(), graceMillis);
      await app.close();
      clearTimeout(timer);
    },
  };
}

/** Names of calls, statuses and codes are logged: nothing that a caller sent. */
export function logCalls(log: Logger, count?: CallWatch['onCall']): CallWatch {
  return {
    onCall: (call, status, tookMillis) => {
      count?.(call, status, tookMillis);
      log.debug({ call, status, tookMillis }, 'answered');
    },
    onFailure: (call, failure) => log.error({ call, failure: loggable(failure) }, 'failed'),
  };
}
