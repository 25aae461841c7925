import { sparkError } from './spark-errors.ts';

/** Where a Spark Connect server is, and as whom to speak to it. */
export interface SparkAddress {
  readonly host: string;
  readonly port: number;
  /** `host:port`: what may be printed. */
  readonly server: string;
  readonly usesTls: boolean;
  readonly userId: string;
  /** A UUID; undefined for one of this process's own. */
  readonly sessionId?: string;
  /** A secret. */
  readonly token?: string;
}

const DEFAULT_PORT = 15002;
const DEFAULT_USER = 'wavetune';
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const PARAMETERS = ['token', 'user_id', 'session_id', 'use_ssl'];

/**
 * Reads `sc://host:port/;name=value;…` as Spark's own clients do; values are percent-decoded, the port is 15002 unless given.
 * A token asks for TLS, except on this machine.
 *
 * @throws WavetuneError `usage.spark-url`, which quotes no value of a parameter.
 */
export function parseSparkUrl(text: string): SparkAddress {
  const found = /^sc:\/\/(\[[^\]]+\]|[^:/;@\s]+)(?::(\d{1,5}))?(?:\/(.*))?$/.exec(text);
  if (found === null) throw sparkError('usage.spark-url', { reason: 'is not of that form' });
  const [, host, portText, rest = ''] = found;
  const port = portText === undefined ? DEFAULT_PORT : Number(portText);
  if (port < 1 || port > 65_535) {
    throw sparkError('usage.spark-url', { reason: `has the port ${portText}` });
  }
  const given = parametersOf(rest);
  const { token, session_id: sessionId } = given;
  if (sessionId !== undefined && !UUID.test(sessionId)) {
    throw sparkError('usage.spark-url', { reason: 'has a session_id that is no UUID' });
  }
  const isLocal = host === 'localhost' || host === '127.0.0.1' || host === '[::1]';
  return {
    host,
    port,
    server: `${host}:${port}`,
    usesTls: given.use_ssl === 'true' || (token !== undefined && !isLocal),
    userId: given.user_id ?? DEFAULT_USER,
    ...(sessionId === undefined ? {} : { sessionId }),
    ...(token === undefined ? {} : { token }),
  };
}

function parametersOf(rest: string): Readonly<Record<string, string | undefined>> {
  const given: Record<string, string> = {};
  const [path, ...pairs] = rest.split(';');
  if (path !== '') throw sparkError('usage.spark-url', { reason: 'has a path' });
  for (const pair of pairs.filter((text) => text !== '')) {
    const at = pair.indexOf('=');
    const name = at < 0 ? pair : pair.slice(0, at);
    if (at < 0 || !PARAMETERS.includes(name)) {
      const reason = `has the parameter ${JSON.stringify(name)}`;
      throw sparkError('usage.spark-url', { reason });
    }
    given[name] = decoded(name, pair.slice(at + 1));
  }
  return given;
}

function decoded(name: string, value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    throw sparkError('usage.spark-url', { reason: `has a ${name} that is not percent-encoded` });
  }
}
