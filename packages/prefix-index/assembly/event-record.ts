/** An event that waits to be added to its row: where what stands in it, of 8 or 4 bytes. */
export const EVENT_BYTES: usize = 96;
/** Of its key; of its prefix alone where another scanner is to add it. */
export const HASH: usize = 0;
export const TIME_MILLIS: usize = 8;
export const EVENT_SIZE: usize = 16;
export const PAGES: usize = 24;
export const PAGE_SIZE: usize = 32;
export const LATENCY_MILLIS: usize = 40;
export const TOKEN_COUNT: usize = 48;
export const PREFILL_MILLIS: usize = 56;
/** Its texts stand elsewhere. Without a parent the length is 0. */
export const PREFIX_AT: usize = 64;
export const PREFIX_LENGTH: usize = 68;
export const PARENT_AT: usize = 72;
export const PARENT_LENGTH: usize = 76;
export const TENANT_ID: usize = 80;
export const MODEL_ID: usize = 84;
/** While it waits: the number of its likely row, and 1; 0 for none. */
export const LIKELY_ROW: usize = 88;

/** In place of a tenant: what is sent is no event but a name. */
export const NO_ID: u32 = <u32>-1;

/** Bytes that a record takes with its texts behind it, when it is sent. */
export function sentSize(textBytes: usize): usize {
  return (EVENT_BYTES + textBytes + 7) & ~7;
}
