/**
 * What the values of a column are. Each becomes 8 bytes, a slot: where a text stands and how long it is; of 1, a name, its number;
 * a double.
 */
export const TEXT: u32 = 0;
/** A whole number of at most 4 digits, without zeros before it, as text. */
export const DECIMAL: u32 = 2;
export const DOUBLE: u32 = 3;
export const FLOAT: u32 = 4;
export const INT32: u32 = 5;
export const UINT32: u32 = 6;
export const INT64: u32 = 7;
export const UINT64: u32 = 8;

/** In place of a number that is not there; a text that is not there is 0. */
export const NO_NUMBER: f64 = -1;
