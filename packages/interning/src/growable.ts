/** A typed array that can stand in for another of its kind. */
interface Grown<A> {
  readonly length: number;
  set(source: A): void;
}

/** `array` itself where it holds `needed` items, else a copy with at least twice the room; amortised O(1) an item. */
export function grownUint32(array: Uint32Array, needed: number): Uint32Array {
  return needed <= array.length ? array : copied(array, new Uint32Array(roomFor(array, needed)));
}

/** As {@link grownUint32}, for doubles. */
export function grownFloat64(array: Float64Array, needed: number): Float64Array {
  return needed <= array.length ? array : copied(array, new Float64Array(roomFor(array, needed)));
}

function copied<A extends Grown<A>>(from: A, to: A): A {
  to.set(from);
  return to;
}

function roomFor(array: { readonly length: number }, needed: number): number {
  return Math.max(needed, 2 * array.length);
}
