import { unitHash } from './sample-units.ts';

/** References looked at before those that the sample takes are visited: 32 KiB, which stay in cache (chosen). */
const WINDOW = 8192;

/** One bit a unit, cheaper to read than a hash is to compute, and small enough to stay in cache. */
export function sampledUnits(unitCount: number, threshold: number, seed: number): Uint32Array {
  const bits = new Uint32Array((unitCount + 31) >>> 5);
  for (let unit = 0; unit < unitCount; unit++) {
    if (unitHash(unit, seed) < threshold) bits[unit >>> 5] |= 1 << (unit & 31);
  }
  return bits;
}

export function isSampled(bits: Uint32Array, unit: number): boolean {
  return ((bits[unit >>> 5] >>> (unit & 31)) & 1) === 1;
}

/** Calls `visit` with every place in `units` where a sampled one stands, ascending. */
export function visitSampled(
  units: Uint32Array,
  bits: Uint32Array,
  visit: (place: number) => void,
): void {
  const places = new Uint32Array(WINDOW);
  for (let begin = 0; begin < units.length; begin += WINDOW) {
    const count = gather(
      units,
      bits,
      { begin, end: Math.min(begin + WINDOW, units.length) },
      places,
    );
    for (let i = 0; i < count; i++) visit(places[i]);
  }
}

/** Writes the places in `[begin, end)` where a sampled unit stands into `places`; without a branch on it, for few of them are foreseen. */
function gather(
  units: Uint32Array,
  bits: Uint32Array,
  { begin, end }: { readonly begin: number; readonly end: number },
  places: Uint32Array,
): number {
  let count = 0;
  for (let place = begin; place < end; place++) {
    const unit = units[place];
    places[count] = place;
    count += (bits[unit >>> 5] >>> (unit & 31)) & 1;
  }
  return count;
}
