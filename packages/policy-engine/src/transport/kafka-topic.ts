import {
  Admin,
  type BaseOptions,
  Consumer,
  type MessagesStream,
  Producer,
  stringDeserializers,
  stringSerializers,
} from '@platformatic/kafka';
import { createBackOff } from './back-off.ts';
import {
  type Consuming,
  deadLetterOf,
  type PlanTransport,
  type TransportOptions,
} from './plan-transport.ts';
import { transportError } from './transport-errors.ts';
import type { KafkaPlace } from './transport-url.ts';

type PlanStream = MessagesStream<string, string, string, string>;
type PlanProducer = Producer<string, string, string, string>;

interface TopicState {
  readonly place: KafkaPlace;
  readonly options: TransportOptions;
  readonly base: BaseOptions;
  readonly producer: PlanProducer;
  /** Settled once; undefined until somebody asks, and again after a failure. */
  topicsThere: Promise<void> | undefined;
}

/** All replicas that are in step: what is acknowledged outlives the leader. */
const ACKS_OF_ALL = -1;
const HEARTBEATS_A_SESSION = 4;
const CLOSE_MILLIS = 3000;

/**
 * A Kafka topic with a consumer group; offsets are committed by hand, after each plan. What a dead consumer had is
 * delivered to another once its session is over, which is `takeOverMillis`.
 *
 * A topic that is not there is made with one partition, so that plans keep their order.
 */
export function openKafkaTopic(place: KafkaPlace, options: TransportOptions): PlanTransport {
  const base: BaseOptions = {
    clientId: options.consumer,
    bootstrapBrokers: [...place.brokers],
    connectTimeout: 3000,
    timeout: 5000,
    retries: 2,
    retryDelay: 200,
  };
  const producer = new Producer({ ...base, serializers: stringSerializers, acks: ACKS_OF_ALL });
  const state: TopicState = { place, options, base, producer, topicsThere: undefined };
  return {
    name: place.name,
    publish: async (text) => {
      try {
        await ensureTopics(state);
        await producer.send({ messages: [{ topic: place.topic, value: text }] });
      } catch (cause) {
        const reason = cause instanceof Error ? cause.message : String(cause);
        throw transportError('transport.unreachable', { place: place.name, reason }, { cause });
      }
    },
    consume: (consuming) => consumeUntilAborted(state, consuming),
    close: () => inTime(producer.close()),
  };
}

function ensureTopics(state: TopicState): Promise<void> {
  state.topicsThere ??= createTopics(state).catch((failure) => {
    state.topicsThere = undefined;
    throw failure;
  });
  return state.topicsThere;
}

async function createTopics({ base, place }: TopicState): Promise<void> {
  const admin = new Admin(base);
  const topics = [place.topic, deadTopicOf(place)];
  const missing = async (): Promise<readonly string[]> => {
    const there = new Set(await admin.listTopics());
    return topics.filter((topic) => !there.has(topic));
  };
  try {
    const wanted = await missing();
    if (wanted.length === 0) return;
    await admin
      .createTopics({ topics: [...wanted], partitions: 1, replicas: -1 })
      .catch(async (failure) => {
        // Somebody else may have made them meanwhile.
        if ((await missing()).length > 0) throw failure;
      });
  } finally {
    await inTime(admin.close());
  }
}

async function consumeUntilAborted(state: TopicState, consuming: Consuming): Promise<void> {
  const { signal, onFailure } = consuming;
  const backOff = createBackOff(Math.random);
  while (!signal.aborted) {
    const consumer = consumerOf(state);
    try {
      await ensureTopics(state);
      const stream = await consumer.consume({
        topics: [state.place.topic],
        mode: 'committed',
        fallbackMode: 'earliest',
      });
      consuming.onReady();
      backOff.reset();
      await deliverOn(state, stream, consuming);
    } catch (failure) {
      onFailure(failure);
    }
    await inTime(consumer.close(true));
    await backOff.pause(signal);
  }
}

function consumerOf({ base, options }: TopicState): Consumer<string, string, string, string> {
  const { takeOverMillis } = options;
  return new Consumer({
    ...base,
    groupId: options.group,
    autocommit: false,
    sessionTimeout: takeOverMillis,
    rebalanceTimeout: 2 * takeOverMillis,
    heartbeatInterval: Math.ceil(takeOverMillis / HEARTBEATS_A_SESSION),
    maxWaitTime: 500,
    deserializers: stringDeserializers,
  });
}

async function deliverOn(state: TopicState, stream: PlanStream, { handle, signal }: Consuming) {
  const stop = (): void => {
    inTime(stream.close());
  };
  signal.addEventListener('abort', stop);
  try {
    for await (const message of stream) {
      if (signal.aborted) return;
      const text = message.value ?? '';
      const verdict = await handle(text);
      if (verdict.kind === 'poison') await setAside(state, text, verdict.reason);
      await message.commit();
    }
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

async function setAside({ producer, place }: TopicState, text: string, reason: string) {
  const letter = deadLetterOf(text, reason);
  const headers = { reason: letter.reason };
  await producer.send({ messages: [{ topic: deadTopicOf(place), value: letter.text, headers }] });
}

function deadTopicOf({ topic }: KafkaPlace): string {
  return `${topic}.dead`;
}

/** A broker that is gone must not keep anybody from leaving. */
async function inTime(work: Promise<unknown>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, CLOSE_MILLIS);
  await Promise.race([work.catch(() => undefined), promise]);
  clearTimeout(timer);
}
