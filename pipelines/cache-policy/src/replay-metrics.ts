import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Session } from '@wavetune/cli';
import { createReplayMetrics, type ReplayMetrics } from '@wavetune/policy-engine';
import { metricsError } from './metrics-errors.ts';

/** The metrics of a replay, over HTTP where a port was given. */
export interface ServedMetrics extends Pick<ReplayMetrics, 'observeWindow'> {
  close(): Promise<void>;
}

/** @throws WavetuneError `metrics.cannot-listen`. */
export async function serveMetrics(
  port: number | undefined,
  session: Session,
): Promise<ServedMetrics> {
  const metrics = createReplayMetrics();
  if (port === undefined) {
    return { observeWindow: metrics.observeWindow, close: async () => undefined };
  }
  const server = createServer((_request, response) => {
    metrics.render().then(
      (text) => response.setHeader('content-type', metrics.contentType).end(text),
      (failure) => response.writeHead(500).end(String(failure)),
    );
  }).listen(port, '127.0.0.1');
  await once(server, 'listening').catch((cause) => {
    const details = { address: `127.0.0.1:${port}`, reason: cause.message };
    throw metricsError('metrics.cannot-listen', details, { cause });
  });
  const address = server.address();
  const bound = typeof address === 'object' && address !== null ? address.port : port;
  session.note(`metrics    http://127.0.0.1:${bound}/metrics`);
  return {
    observeWindow: metrics.observeWindow,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
