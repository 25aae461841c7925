type Column = Uint32Array<ArrayBuffer> | Uint16Array<ArrayBuffer>;

/** The same content in an array of `length`, the rest zero; the array itself where it is long enough. */
export function lengthened<T extends Column>(array: T, length: number): T {
  if (array.length >= length) return array;
  const longer = new (array.constructor as new (length: number) => T)(length);
  longer.set(array);
  return longer;
}

/** The capacity to grow to: at least `needed`, and by half at a time, so that growing stays linear in what is added. */
export function grownCapacity(capacity: number, needed: number): number {
  return needed <= capacity ? capacity : Math.max(needed, 64, capacity + (capacity >>> 1));
}
