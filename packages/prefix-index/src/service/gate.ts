import type { Access, Caller } from './access.ts';
import type { Admission } from './admission.ts';
import type { RateLimit } from './rate-limit.ts';
import { serviceError } from './service-errors.ts';

/** What stands before every call, whatever the transport. */
export interface Gate {
  readonly access: Access;
  readonly rateLimit: RateLimit;
  /** For all callers without a valid token together. */
  readonly strangers: RateLimit;
  readonly admission: Admission;
  readonly bodyLimitBytes: number;
}

/** What a request says of itself before its body is read. */
export interface Approach {
  readonly authorization: string | undefined;
  /** As the request names the service, without the port; undefined where the transport tells none. */
  readonly host: string | undefined;
  /** In requests: what a plain question takes. */
  readonly cost: number;
}

const LOOPBACK_HOSTS = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * The caller of a request.
 *
 * Without tokens, a request for another host than this one is refused: a page in a browser of this machine can reach the
 * service under a name of its own, and would pass for a neighbour.
 *
 * @throws WavetuneError `service.no-token`, `service.foreign-host`, `service.rate-limited`
 */
export function enter(gate: Gate, { authorization, host, cost }: Approach): Caller {
  const { access, rateLimit, strangers } = gate;
  if (access.isOpen && host !== undefined && !LOOPBACK_HOSTS.has(host)) {
    throw serviceError('service.foreign-host', {});
  }
  const caller = access.callerOf(authorization);
  if (caller === undefined) {
    strangers.take('', 1);
    throw serviceError('service.no-token', {});
  }
  rateLimit.take(caller.name, cost);
  return caller;
}
