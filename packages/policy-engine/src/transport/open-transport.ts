import type { Clock } from '@wavetune/core';
import type { PlanTransport } from './plan-transport.ts';
import { openRedisStream } from './redis-stream.ts';
import { parseTransportUrl } from './transport-url.ts';

/** What a consumer calls itself. */
export interface TransportOptions {
  /** Consumers of one group share the plans; each group gets all of them. */
  readonly group: string;
  /** Of this process alone. */
  readonly consumer: string;
  /** What another consumer has had for so long without committing it is taken over. */
  readonly takeOverMillis: number;
  readonly clock: Clock;
}

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
