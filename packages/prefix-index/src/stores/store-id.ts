import { randomBytes } from 'node:crypto';

/** What tells one store from another: 16 hexadecimal digits. */
export function newStoreId(): string {
  return randomBytes(8).toString('hex');
}
