import type { Redis } from 'ioredis';

export interface ConsumerGroup {
  readonly stream: string;
  readonly group: string;
  /** The one that leaves. */
  readonly consumer: string;
}

/** One that lives reads every second. */
const FORGOTTEN_MILLIS = 3_600_000;

/** Forgets the consumer that leaves and those that died long ago, each where nothing is left with it. */
export async function dropIdleConsumers(
  redis: Redis,
  { stream, group, consumer }: ConsumerGroup,
): Promise<void> {
  const consumers = (await redis.xinfo('CONSUMERS', stream, group)) as readonly unknown[][];
  for (const facts of consumers.map(factsOf)) {
    const isGone = facts.name === consumer || Number(facts.idle) > FORGOTTEN_MILLIS;
    if (isGone && facts.pending === 0) {
      await redis.xgroup('DELCONSUMER', stream, group, String(facts.name));
    }
  }
}

function factsOf(reply: readonly unknown[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    reply.flatMap((name, i) => (i % 2 === 0 ? [[String(name), reply[i + 1]]] : [])),
  );
}
