import type { Redis } from 'ioredis';
import { createBackOff } from '../transport/back-off.ts';
import { createRedisClient, leave, reach } from '../transport/redis-client.ts';
import type { RedisStreamPlace } from '../transport/transport-url.ts';
import { parseLine, type RawEvent } from './parse-event.ts';

export interface RedisEventsOptions {
  readonly fromStart: boolean;
  readonly onFailure: (failure: unknown) => void;
  readonly signal: AbortSignal;
}

const BLOCK_MILLIS = 500;
const ENTRIES_A_READ = 500;
/** The field of an entry that holds a whole event as JSON; without it, the entry's fields are the event's. */
const WHOLE = 'event';

/** Entries of a stream as they come; goes on behind the last one after the server was lost. */
export async function* readRedisEvents(
  place: RedisStreamPlace,
  { fromStart, onFailure, signal }: RedisEventsOptions,
): AsyncGenerator<readonly RawEvent[]> {
  const redis = createRedisClient(place.url);
  const backOff = createBackOff(Math.random);
  let after = fromStart ? '0-0' : undefined;
  try {
    while (!signal.aborted) {
      let entries: readonly (readonly [id: string, fields: readonly string[]])[] = [];
      try {
        await reach(redis);
        after ??= await lastIdOf(redis, place.stream);
        entries = await readAfter(redis, place.stream, after);
        backOff.reset();
      } catch (failure) {
        onFailure(failure);
        await backOff.pause(signal);
      }
      after = entries.at(-1)?.[0] ?? after;
      if (entries.length > 0) yield entries.map(([, fields]) => eventOf(fields));
    }
  } finally {
    await leave(redis);
  }
}

/** `$` would pass over what comes between two reads. */
async function lastIdOf(redis: Redis, stream: string): Promise<string> {
  const [last] = await redis.xrevrange(stream, '+', '-', 'COUNT', 1);
  return last?.[0] ?? '0-0';
}

async function readAfter(redis: Redis, stream: string, after: string) {
  const read = await redis.xread(
    'COUNT',
    ENTRIES_A_READ,
    'BLOCK',
    BLOCK_MILLIS,
    'STREAMS',
    stream,
    after,
  );
  return read?.[0]?.[1] ?? [];
}

function eventOf(fields: readonly string[]): RawEvent {
  const names = fields.filter((_, i) => i % 2 === 0);
  const whole = names.indexOf(WHOLE);
  if (names.length === 1 && whole === 0) return parseLine(fields[1]);
  return Object.fromEntries(names.map((name, i) => [name, fields[2 * i + 1]]));
}
