import { createHash, timingSafeEqual } from 'node:crypto';
import { serviceError } from './service-errors.ts';

/** What a token may do: read hints, write events and feedback, look after the service. */
export type Action = 'read' | 'write' | 'admin';

export const ACTIONS: readonly Action[] = ['read', 'write', 'admin'];

/** Whom a request comes from. */
export interface Caller {
  readonly name: string;
  /** The tenants that it sees and writes; undefined for all. */
  readonly tenants: readonly string[] | undefined;
  readonly actions: readonly Action[];
}

/** A bearer token as it is kept: its digest, never itself. */
export interface Token extends Caller {
  /** 64 hexadecimal digits. */
  readonly sha256: string;
}

/** Who is let in. */
export interface Access {
  /** No tokens: whoever reaches the service may do everything. */
  readonly isOpen: boolean;
  /**
   * Whom an `authorization` header names.
   *
   * Every token is compared, each in constant time over digests, so that the time taken tells nothing about any token.
   *
   * @returns Undefined where no token that is known is named.
   */
  readonly callerOf: (authorization: string | undefined) => Caller | undefined;
}

const BEARER = /^Bearer ([\x21-\x7e]{1,512})$/i;
const LOCAL: Caller = { name: 'local', tenants: undefined, actions: ACTIONS };

/** No tokens where there is none to know. */
export function createAccess(tokens: readonly Token[]): Access {
  if (tokens.length === 0) return { isOpen: true, callerOf: () => LOCAL };
  const known = tokens.map((token) => ({ token, digest: Buffer.from(token.sha256, 'hex') }));
  return {
    isOpen: false,
    callerOf: (authorization) => {
      const presented = createHash('sha256')
        .update(BEARER.exec(authorization ?? '')?.[1] ?? '')
        .digest();
      let caller: Caller | undefined;
      for (const { token, digest } of known) {
        if (timingSafeEqual(digest, presented)) caller = token;
      }
      return caller;
    },
  };
}

/** @throws WavetuneError `service.forbidden` */
export function permit({ name, actions }: Caller, action: Action): void {
  if (!actions.includes(action)) throw serviceError('service.forbidden', { caller: name, action });
}

/**
 * The tenants that a question is about: the one that was named, or all that the caller sees; undefined for everyone's.
 *
 * @throws WavetuneError `service.foreign-tenant`, whether there is such a tenant or not.
 */
export function tenantsOf(
  caller: Caller,
  named: string | undefined,
): readonly string[] | undefined {
  if (named === undefined) return caller.tenants;
  checkTenant(caller, named);
  return [named];
}

/** @throws WavetuneError `service.foreign-tenant` */
export function checkTenant(
  { name, tenants }: Pick<Caller, 'name' | 'tenants'>,
  tenant: string,
): void {
  if (tenants?.includes(tenant) === false) {
    throw serviceError('service.foreign-tenant', { caller: name });
  }
}
