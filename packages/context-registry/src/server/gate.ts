import { createHash, timingSafeEqual } from 'node:crypto';
import { isIPv4 } from 'node:net';
import { serviceError } from './service-errors.ts';

/** Lets a request in, or throws. */
export type Gate = (approach: Approach) => void;

/** What a request says of itself before its body is read. */
export interface Approach {
  readonly authorization: string | undefined;
  /** As the request names the service, without the port. */
  readonly host: string;
  readonly origin: string | undefined;
}

const BEARER = /^Bearer ([\x21-\x7e]{1,512})$/i;
const TOKEN = /^[\x21-\x7e]{16,512}$/;

/**
 * Who may come in: whoever knows the token, or, without one, whoever is on this machine. A page in a browser of this
 * machine is not: it can reach the service under a name of its own, and says where it comes from.
 *
 * @throws WavetuneError `service.bad-token`; the gate itself throws `service.no-token`, `service.foreign-host`.
 */
export function createGate(token: string | undefined): Gate {
  if (token === undefined) return checkLocal;
  if (!TOKEN.test(token)) {
    const reason = 'accepted are 16 to 512 characters of printable ASCII without spaces';
    throw serviceError('service.bad-token', { reason });
  }
  const known = digestOf(token);
  return ({ authorization }) => {
    const presented = digestOf(BEARER.exec(authorization ?? '')?.[1] ?? '');
    if (!timingSafeEqual(known, presented)) throw serviceError('service.no-token', {});
  };
}

/** True for addresses that only this machine reaches. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));
}

function checkLocal({ host, origin }: Approach): void {
  const isLocalPage = origin === undefined || isLocalName(hostOf(origin));
  if (!isLocalName(host) || !isLocalPage) throw serviceError('service.foreign-host', {});
}

/** A host as URLs write it. */
function isLocalName(host: string): boolean {
  return host === '[::1]' || isLoopback(host);
}

function hostOf(origin: string): string {
  return URL.parse(origin)?.hostname ?? '';
}

/** Digests have one length, so that comparing them tells nothing of the token. */
function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
