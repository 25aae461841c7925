import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import type { Logger } from 'pino';
import { createServiceMetrics } from '../metrics/service-metrics.ts';
import type { ContextService } from './context-service.ts';
import { createGate, type Gate, isLoopback } from './gate.ts';
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

type Place = Pick<HttpOptions, 'host' | 'port' | 'token'>;

/**
 * Refuses what `startHttp` would refuse, before contexts and files are touched: they may be those of a service that
 * listens there already.
 *
 * @throws WavetuneError as {@link startHttp}
 */
export async function checkPlace(place: Place): Promise<void> {
  gateOf(place);
  const probe = createServer();
  try {
    const { host, port } = place;
    await once(probe.listen({ host, port }), 'listening');
  } catch (cause) {
    throw cannotListen(place, cause);
  }
  await once(probe.close(), 'close');
}

/** @throws WavetuneError `service.unsafe-bind`, `service.cannot-listen`, `service.bad-token` */
export async function startHttp(options: HttpOptions): Promise<HttpService> {
  const { service, host, port, bodyLimitBytes, graceMillis, log } = options;
  const gate = gateOf(options);
  const metrics = createServiceMetrics({
    stats: service.stats,
    withLegacyNames: options.withLegacyMetrics,
  });
  const watch = logCalls(log, metrics.countCall);
  const app = await createHttpApp({ service, metrics, gate, watch, bodyLimitBytes });
  try {
    await app.listen({ host, port });
  } catch (cause) {
    await app.close();
    throw cannotListen(options, cause);
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

function gateOf({ host, token }: Place): Gate {
  if (token === undefined && !isLoopback(host)) throw serviceError('service.unsafe-bind', { host });
  return createGate(token);
}

function cannotListen({ host, port }: Place, cause: unknown): Error {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return serviceError('service.cannot-listen', { address: `${host}:${port}`, reason }, { cause });
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
