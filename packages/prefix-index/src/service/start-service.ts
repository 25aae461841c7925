import { type AddressInfo, isIPv4 } from 'node:net';
import type { Clock } from '@wavetune/core';
import type { Logger } from 'pino';
import { createAccess, type Token } from './access.ts';
import { createAdmission } from './admission.ts';
import { createCalls } from './calls.ts';
import type { Gate } from './gate.ts';
import { createHttpApp, type HttpApp, type HttpParts } from './http-app.ts';
import type { ServicePhase } from './http-routes.ts';
import { createRateLimit } from './rate-limit.ts';
import type { ServedIndex } from './served-index.ts';
import { serviceError } from './service-errors.ts';
import { loggable } from './service-log.ts';
import { createServiceMetrics } from './service-metrics.ts';

/** How the service is set up. */
export interface ServiceOptions {
  readonly host: string;
  /** 0 for one that is free. */
  readonly port: number;
  /** No gRPC where it is absent. */
  readonly grpcPort?: number;
  /** None where it is empty: then the service listens on this machine alone. */
  readonly tokens: readonly Token[];
  /** Called once the service listens: until it resolves, all calls are answered with 503. The service closes the index. */
  readonly openIndex: () => Promise<ServedIndex>;
  readonly storeBytes?: () => Promise<number>;
  readonly limits?: Partial<ServiceLimits>;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface ServiceLimits {
  /** Of one request. */
  readonly bodyBytes: number;
  /** Of all requests that have no answer yet. */
  readonly pendingBytes: number;
  /** By caller. */
  readonly requestsPerSecond: number;
  /** Without a valid token, of all who come so together. */
  readonly strangersPerSecond: number;
  /** What is under way when the service closes may take so long. */
  readonly graceMillis: number;
  /** An answer may be older than the last change by so much, where making answers takes over a tenth of the time. */
  readonly staleMillis: number;
}

/** A service that listens. */
export interface Service {
  readonly port: number;
  readonly grpcPort: number | undefined;
  /** Resolves when the index is read; rejects where it cannot be, and the service should be closed then. */
  readonly ready: Promise<void>;
  /** Resolves with the reason where the index ends by itself: the service answers nothing then, and should be closed. */
  readonly indexEnded: Promise<unknown>;
  /** Takes no more, answers what is under way, and closes the index. */
  readonly close: () => Promise<void>;
}

export const DEFAULT_LIMITS: ServiceLimits = {
  bodyBytes: 8 * 2 ** 20,
  pendingBytes: 64 * 2 ** 20,
  requestsPerSecond: 10_000,
  strangersPerSecond: 20,
  graceMillis: 10_000,
  staleMillis: 250,
};

/** What moves while the service lives. */
export interface ServiceState {
  served: ServedIndex | undefined;
  /** The index has ended by itself. */
  isLost: boolean;
  isStopping: boolean;
}

/** What ends, in order, when the service closes. */
interface Listener {
  readonly port: number;
  readonly close: () => Promise<void>;
}

/** @throws WavetuneError `service.unsafe-bind`, `service.cannot-listen` */
export async function startService(options: ServiceOptions): Promise<Service> {
  const { host, port, grpcPort, tokens } = options;
  if (tokens.length === 0 && !isLoopback(host)) throw serviceError('service.unsafe-bind', { host });
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const state: ServiceState = { served: undefined, isLost: false, isStopping: false };
  const parts = partsOf(options, limits, state);
  const app = await createHttpApp(parts);
  const http = await listenHttp(app, { host, port, graceMillis: limits.graceMillis });
  let grpc: Listener | undefined;
  try {
    if (grpcPort !== undefined) {
      grpc = await listenGrpc(parts, { host, port: grpcPort, graceMillis: limits.graceMillis });
    }
  } catch (failure) {
    await http.close();
    throw failure;
  }
  const ready = openIndex(options, state);
  ready.catch(() => undefined);
  return {
    port: http.port,
    grpcPort: grpc?.port,
    ready,
    indexEnded: ready.then(
      () => state.served?.ended,
      () => new Promise(() => undefined),
    ),
    close: async () => {
      state.isStopping = true;
      await Promise.all([http.close(), grpc?.close()]);
      await ready.catch(() => undefined);
      await state.served?.close();
    },
  };
}

/** What HTTP and gRPC stand on alike. */
export function partsOf(
  { tokens, clock, log, storeBytes }: ServiceOptions,
  limits: ServiceLimits,
  state: ServiceState,
): HttpParts {
  const gate: Gate = {
    access: createAccess(tokens),
    rateLimit: createRateLimit(limits.requestsPerSecond, clock),
    strangers: createRateLimit(limits.strangersPerSecond, clock),
    admission: createAdmission(limits.pendingBytes),
    bodyLimitBytes: limits.bodyBytes,
  };
  const metrics = createServiceMetrics({
    clock,
    served: () => (state.isLost ? undefined : state.served),
    pendingBytes: gate.admission.pendingBytes,
    storeBytes: storeBytes ?? (async () => 0),
  });
  const calls = createCalls({
    served: () => {
      if (state.served === undefined) throw serviceError('service.starting', {});
      if (state.isLost) throw serviceError('service.index-lost', {});
      return state.served;
    },
    metrics,
    staleness: { staleMillis: limits.staleMillis, clock, onStale: metrics.countStale },
    charge: ({ name }, cost) => gate.rateLimit.take(name, cost),
  });
  const phase = (): ServicePhase => {
    if (state.isStopping || state.isLost) return 'stopping';
    return state.served === undefined ? 'starting' : 'ready';
  };
  return { calls, gate, metrics, log, phase };
}

async function openIndex({ openIndex, clock, log }: ServiceOptions, state: ServiceState) {
  const startMillis = clock.monotonicMillis();
  const served = await openIndex();
  state.served = served;
  served.ended.then((lost) => {
    if (state.isStopping) return;
    state.isLost = true;
    const cause = lost instanceof Error ? lost.cause : lost;
    log.fatal({ failure: loggable(cause) }, 'the index has ended by itself');
  });
  const { prefixes, batches } = await served.stats();
  const tookMillis = Math.round(clock.monotonicMillis() - startMillis);
  log.info({ prefixes, batches, tookMillis }, 'the index is read');
}

interface Address {
  readonly host: string;
  readonly port: number;
  readonly graceMillis: number;
}

async function listenHttp(app: HttpApp, { host, port, graceMillis }: Address): Promise<Listener> {
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

/** gRPC is loaded where it is asked for alone. */
async function listenGrpc(
  parts: HttpParts,
  { host, port, graceMillis }: Address,
): Promise<Listener> {
  const { createGrpcServer } = await import('./grpc-server.ts');
  const server = await createGrpcServer(parts);
  const bound = await server.listen(host, port);
  return { port: bound, close: () => server.close(graceMillis) };
}

/** True for addresses that only this machine reaches. */
function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));
}
