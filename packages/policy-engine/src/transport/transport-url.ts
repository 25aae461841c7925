import { transportError } from './transport-errors.ts';

/** Where plans go by. */
export type TransportPlace = RedisStreamPlace | KafkaPlace;

export interface RedisStreamPlace {
  readonly kind: 'redis-stream';
  /** Without password, for messages. */
  readonly name: string;
  /** Of the database, as Redis clients take it. */
  readonly url: string;
  readonly stream: string;
}

export interface KafkaPlace {
  readonly kind: 'kafka';
  readonly name: string;
  /** `host:port` each. */
  readonly brokers: readonly string[];
  readonly topic: string;
}

/**
 * `redis-stream://user:password@host:6379/1/cache-plan` or `kafka://host:9092,other:9092/cache-plan`.
 *
 * @throws WavetuneError `transport.bad-url`
 */
export function parseTransportUrl(text: string): TransportPlace {
  if (text.startsWith('redis-stream://')) return redisStreamOf(text);
  if (text.startsWith('kafka://')) return kafkaOf(text);
  throw badUrl(text, 'it begins with neither');
}

function redisStreamOf(text: string): RedisStreamPlace {
  const asRedis = text.replace('redis-stream://', 'redis://');
  if (!URL.canParse(asRedis)) throw badUrl(text, 'it is no URL');
  const url = new URL(asRedis);
  const [, db, stream, ...more] = url.pathname.split('/').map(decodeURIComponent);
  if (!/^\d{1,4}$/.test(db ?? ''))
    throw badUrl(text, 'after the port comes the number of a database');
  if (!stream || more.length > 0)
    throw badUrl(text, 'after the database comes one name of a stream');
  url.pathname = `/${db}`;
  const withPassword = url.href;
  url.username = '';
  url.password = '';
  const name = `redis-stream://${url.host}/${db}/${stream}`;
  return { kind: 'redis-stream', name, url: withPassword, stream };
}

function kafkaOf(text: string): KafkaPlace {
  const [, hosts, topic] = /^kafka:\/\/([^/@]+)\/([^/]+)$/.exec(text) ?? [];
  const brokers = (hosts ?? '').split(',');
  if (!brokers.every((broker) => /^(\[[\da-f:]+\]|[\w.-]+):\d{1,5}$/i.test(broker))) {
    throw badUrl(text, 'it takes host:port, several with commas between, and no password');
  }
  if (!/^[\w.-]{1,200}$/.test(topic)) {
    throw badUrl(
      text,
      'a topic is named by at most 200 letters, digits, dots, dashes and underscores',
    );
  }
  return { kind: 'kafka', name: text, brokers, topic };
}

function badUrl(url: string, reason: string) {
  return transportError('transport.bad-url', { url: url.replace(/\/\/[^/]*@/, '//***@'), reason });
}
