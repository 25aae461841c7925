import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { defineCommand, type OptionsOf, type Session } from '@wavetune/cli';
import { parseSize, systemClock } from '@wavetune/core';
import type { StoreSettings } from '@wavetune/prefix-index';
import type { IndexThreadOptions, Service } from '@wavetune/prefix-index/service';
import { SERVE_OPTIONS } from './serve-options.ts';
import { durationOption } from './times.ts';

type Options = OptionsOf<typeof SERVE_OPTIONS>;

/** Answers over HTTP and gRPC until it is told to stop. */
export const serve = defineCommand({
  name: 'serve',
  summary: 'Takes events and answers which prefixes to warm, over HTTP and gRPC, until SIGTERM.',
  options: SERVE_OPTIONS,
  examples: [
    [
      '$0 --store index.duckdb',
      'on this machine alone, http://127.0.0.1:8080, documented at /docs',
    ],
    ['$0 --host 0.0.0.0 --tokens tokens.json --grpc-port 8081', 'for others who hold a token'],
  ],
  check: ({ 'rate-limit': rate }) => (rate > 0 ? undefined : '--rate-limit takes a number above 0'),
  run: async (options, session) => {
    const service = await start(options);
    try {
      const { host } = options;
      const grpc = service.grpcPort === undefined ? '' : `, gRPC on port ${service.grpcPort}`;
      session.print(`listening  http://${urlHost(host)}:${service.port}${grpc}`);
      await Promise.race([service.ready, stopOf(session)]);
      if (!session.signal.aborted) session.print('ready');
      await Promise.race([service.indexEnded.then(fail), stopOf(session)]);
      session.note('stopping: what is under way is answered first');
    } finally {
      await service.close();
    }
  },
});

/** The modules of servers are loaded here, so that the other commands do without. */
async function start(options: Options): Promise<Service> {
  const { createServiceLog, loggable, openIndexThread, readTokenFile, startService } = await import(
    '@wavetune/prefix-index/service'
  );
  const { tokens, 'grpc-port': grpcPort } = options;
  const log = createServiceLog(options['log-level'], process.stderr);
  const credits = creditsOf(options);
  return startService({
    host: options.host,
    port: options.port,
    ...(grpcPort !== undefined && { grpcPort }),
    tokens: tokens === undefined ? [] : await readTokenFile(tokens),
    limits: {
      bodyBytes: parseSize(options['body-limit']),
      pendingBytes: parseSize(options['pending-limit']),
      requestsPerSecond: options['rate-limit'],
      graceMillis: durationOption('grace', options.grace),
      staleMillis: durationOption('stale', options.stale),
    },
    openIndex: () =>
      openIndexThread({
        storeUrl: options.store,
        settings: settingsOf(options),
        ...(credits !== undefined && { credits }),
        ...(options.keep !== undefined && { keepMillis: durationOption('keep', options.keep) }),
        onFailure: (failure) =>
          log.warn(
            loggable(failure),
            'the store or the index failed where nobody waits for it; nothing is lost',
          ),
      }),
    storeBytes: async () => (await stat(options.store).catch(() => undefined))?.size ?? 0,
    clock: systemClock,
    log,
  });
}

function settingsOf({ 'half-life': halfLife, weight }: Options): Partial<StoreSettings> {
  return {
    ...(halfLife !== undefined && { halfLifeMillis: durationOption('half-life', halfLife) }),
    ...(weight !== undefined && { weight }),
  };
}

function creditsOf(options: Options): IndexThreadOptions['credits'] {
  const { 'credit-bytes': bytes, 'credit-window': window } = options;
  if (bytes === undefined) return undefined;
  return { windowBytes: parseSize(bytes), windowMillis: durationOption('credit-window', window) };
}

/** Whoever looks after the process starts it again. */
function fail(reason: unknown): never {
  throw reason;
}

async function stopOf({ signal }: Session): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
}

function urlHost(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
