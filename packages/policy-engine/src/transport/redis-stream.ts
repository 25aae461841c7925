import type { Redis } from 'ioredis';
import { createBackOff } from './back-off.ts';
import {
  type Consuming,
  type DeadLetter,
  deadLetterOf,
  type PlanTransport,
  type TransportOptions,
} from './plan-transport.ts';
import { createRedisClient, leave, reach } from './redis-client.ts';
import { dropIdleConsumers } from './stream-consumers.ts';
import { transportError } from './transport-errors.ts';
import type { RedisStreamPlace } from './transport-url.ts';

interface StreamState {
  readonly place: RedisStreamPlace;
  readonly options: TransportOptions;
  /** Publishes, acknowledges and sets aside. */
  readonly writer: Redis;
}

interface Entry {
  readonly id: string;
  /** Null where the stream was trimmed past it. */
  readonly fields: readonly string[] | null;
}

const FIELD = 'plan';
const BLOCK_MILLIS = 1000;
const ENTRIES_A_READ = 16;
/** Twice the longest life of a plan: what is trimmed has expired by anyone's clock. */
const KEEP_MILLIS = 2 * 86_400_000;
const MOST_DEAD_LETTERS = 1000;

/**
 * A Redis stream with a consumer group. What a consumer read and did not commit is delivered to it again; once it has been
 * idle for `takeOverMillis`, to another one. A plan is as durable as the server: `appendonly yes`.
 */
export function openRedisStream(place: RedisStreamPlace, options: TransportOptions): PlanTransport {
  const state: StreamState = { place, options, writer: createRedisClient(place.url) };
  const coded = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      await reach(state.writer);
      return await work();
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw transportError('transport.unreachable', { place: place.name, reason }, { cause });
    }
  };
  return {
    name: place.name,
    publish: (text) => coded(() => publish(state, text)),
    consume: (consuming) => consumeUntilAborted(state, consuming),
    close: () => leave(state.writer),
  };
}

async function publish({ place, options, writer }: StreamState, text: string): Promise<void> {
  const keptFrom = Math.max(0, options.clock.nowMillis() - KEEP_MILLIS);
  await writer.xadd(place.stream, 'MINID', '~', keptFrom, '*', FIELD, text);
}

async function consumeUntilAborted(state: StreamState, consuming: Consuming): Promise<void> {
  const { signal, onFailure } = consuming;
  const reader = createRedisClient(state.place.url);
  const backOff = createBackOff(Math.random);
  let readerId = 0;
  // A read that waits for plans ends at once; what it may have been given already is delivered or left, never lost.
  const wake = (): void => {
    state.writer.client('UNBLOCK', readerId).catch(onFailure);
  };
  signal.addEventListener('abort', wake, { once: true });
  while (!signal.aborted) {
    try {
      await Promise.all([reach(reader), reach(state.writer)]);
      await ensureGroup(state);
      readerId = await reader.client('ID');
      consuming.onReady();
      await deliverOwn(state, reader, consuming);
      backOff.reset();
      await deliverOn(state, reader, consuming);
    } catch (failure) {
      onFailure(failure);
      await backOff.pause(signal);
    }
  }
  await dropIdleConsumers(state.writer, { ...state.options, ...state.place }).catch(onFailure);
  await leave(reader);
}

/** Plans that were sent before the first consumer came are its own too. */
async function ensureGroup({ place, options, writer }: StreamState): Promise<void> {
  try {
    await writer.xgroup('CREATE', place.stream, options.group, '0', 'MKSTREAM');
  } catch (failure) {
    if (!(failure instanceof Error && failure.message.startsWith('BUSYGROUP'))) throw failure;
  }
}

/** What was read here and not committed, because a delivery failed. */
async function deliverOwn(state: StreamState, reader: Redis, consuming: Consuming): Promise<void> {
  while (!consuming.signal.aborted) {
    const entries = await readGroup(state, reader, '0');
    if (entries.length === 0) return;
    await deliver(state, entries, consuming);
  }
}

/** What dead consumers left first, then what is new. */
async function deliverOn(state: StreamState, reader: Redis, consuming: Consuming): Promise<void> {
  const { clock, takeOverMillis } = state.options;
  let lookedMillis = Number.NEGATIVE_INFINITY;
  while (!consuming.signal.aborted) {
    if (clock.monotonicMillis() - lookedMillis >= takeOverMillis / 2) {
      const left = await takeOver(state);
      await deliver(state, left, consuming);
      if (left.length < ENTRIES_A_READ) lookedMillis = clock.monotonicMillis();
    }
    await deliver(state, await readGroup(state, reader, '>'), consuming);
  }
}

async function readGroup({ place, options }: StreamState, reader: Redis, from: '0' | '>') {
  const read = await reader.xreadgroup(
    'GROUP',
    options.group,
    options.consumer,
    'COUNT',
    ENTRIES_A_READ,
    'BLOCK',
    Math.min(BLOCK_MILLIS, options.takeOverMillis),
    'STREAMS',
    place.stream,
    from,
  );
  return (read?.[0]?.[1] ?? []).map(([id, fields]): Entry => ({ id, fields }));
}

async function takeOver({ place, options, writer }: StreamState): Promise<readonly Entry[]> {
  const { group, consumer, takeOverMillis } = options;
  const claimed = await writer.xautoclaim(
    place.stream,
    group,
    consumer,
    takeOverMillis,
    '0-0',
    'COUNT',
    ENTRIES_A_READ,
  );
  const entries = claimed[1] as readonly (readonly [id: string, fields: string[] | null])[];
  return entries.map(([id, fields]) => ({ id, fields }));
}

/** One after the other; the first that fails ends it, and all after it stay where they are. */
async function deliver(
  { place, options, writer }: StreamState,
  entries: readonly Entry[],
  { handle, signal }: Consuming,
): Promise<void> {
  for (const { id, fields } of entries) {
    if (signal.aborted) return;
    const text = fieldOf(fields ?? []);
    if (fields !== null) {
      const verdict =
        text === undefined
          ? { kind: 'poison' as const, reason: `an entry without the field ${FIELD}` }
          : await handle(text);
      if (verdict.kind === 'poison') {
        const letter = deadLetterOf(text ?? JSON.stringify(fields), verdict.reason);
        await setAside(writer, place, letter);
      }
    }
    await writer.xack(place.stream, options.group, id);
  }
}

function fieldOf(fields: readonly string[]): string | undefined {
  const at = fields.findIndex((name, i) => i % 2 === 0 && name === FIELD);
  return at < 0 ? undefined : fields[at + 1];
}

async function setAside(
  writer: Redis,
  place: RedisStreamPlace,
  { text, reason }: DeadLetter,
): Promise<void> {
  const stream = deadStreamOf(place);
  await writer.xadd(stream, 'MAXLEN', '~', MOST_DEAD_LETTERS, '*', FIELD, text, 'reason', reason);
}

function deadStreamOf({ stream }: RedisStreamPlace): string {
  return `${stream}:dead`;
}
