import type { PlanTransport, TransportOptions } from './plan-transport.ts';
import { openRedisStream } from './redis-stream.ts';
import { parseTransportUrl } from './transport-url.ts';

export const DEFAULT_TRANSPORT: Pick<TransportOptions, 'group' | 'takeOverMillis'> = {
  group: 'cache-policy',
  takeOverMillis: 10_000,
};

/**
 * Opens the way of plans; a server that is out of reach is looked for when something is sent or awaited.
 *
 * @throws WavetuneError `transport.bad-url`
 */
export async function openTransport(
  url: string,
  options: TransportOptions,
): Promise<PlanTransport> {
  const place = parseTransportUrl(url);
  if (place.kind === 'redis-stream') return openRedisStream(place, options);
  const { openKafkaTopic } = await import('./kafka-topic.ts');
  return openKafkaTopic(place, options);
}
