import { grownCapacity, lengthened } from '../exact/growth.ts';
import { type Buckets, createBuckets } from './buckets.ts';
import { bitCount, type Signature } from './simhash.ts';

/**
 * All signatures within a Hamming distance, exactly: multi-index hashing (Norouzi, Punjani, Fleet 2012) with uneven radii
 * (the general pigeonhole principle, Qin et al. 2018). A signature is four bands of 16 bits. If it is within 8 bits of the
 * query then it is within 2 in band 0 or within 1 in band 1, 2 or 3, for else it would differ in at least 3 + 2 + 2 + 2 = 9.
 * That is 137 + 3 × 17 = 188 buckets instead of the 548 of equal radii.
 *
 * A bucket holds beside each id the word of the signature that the band is not of, so that most entries are refused where
 * they lie, without a look at the signature.
 */
export interface SignatureIndex {
  readonly size: number;
  readonly sizeBytes: number;
  add(id: number, signature: Signature): void;
  /** Removes an id that is there. */
  remove(id: number): void;
  /**
   * Writes the ids within `distanceBits` (0 to 8) of the signature, each once, in no order, as many as `out` holds.
   *
   * @returns How many there are; more than `out` holds where it was full.
   */
  search(signature: Signature, distanceBits: number, out: Uint32Array): number;
  /** The signature of an id that is there. */
  read(id: number, out: Signature): void;
  /** Entries that the last search compared. */
  readonly inspected: number;
}

export const MAX_DISTANCE_BITS = 8;
const BANDS = 4;
const BAND_MASKS = masksByWeight();
/** `MASKS_WITHIN[r]` masks have at most r bits. */
const MASKS_WITHIN = [1, 17, 137];

export function createSignatureIndex(): SignatureIndex {
  let low = new Uint32Array(0);
  let high = new Uint32Array(0);
  const bands = Array.from({ length: BANDS }, createBuckets);
  const radii = new Int32Array(BANDS);
  const search: Search = { query: { low: 0, high: 0 }, distance: 0, radii, found: 0, inspected: 0 };
  let size = 0;
  return {
    get size() {
      return size;
    },
    get inspected() {
      return search.inspected;
    },
    get sizeBytes() {
      return bands.reduce((sum, band) => sum + band.sizeBytes, low.byteLength + high.byteLength);
    },
    read(id, out) {
      out.low = low[id];
      out.high = high[id];
    },
    add(id, signature) {
      const capacity = grownCapacity(low.length, id + 1);
      low = lengthened(low, capacity);
      high = lengthened(high, capacity);
      low[id] = signature.low;
      high[id] = signature.high;
      for (let band = 0; band < BANDS; band++) {
        bands[band].add(bandOf(low[id], high[id], band), id, band < 2 ? high[id] : low[id]);
      }
      size++;
    },
    remove(id) {
      for (let band = 0; band < BANDS; band++) {
        bands[band].remove(bandOf(low[id], high[id], band), id);
      }
      size--;
    },
    search(signature, distanceBits, out) {
      search.query.low = signature.low;
      search.query.high = signature.high;
      search.distance = distanceBits;
      search.found = 0;
      search.inspected = 0;
      setRadii(radii, distanceBits);
      for (let band = 0; band < BANDS; band++) {
        if (radii[band] >= 0) searchBand(bands[band], band, search, { low, high, out });
      }
      return search.found;
    },
  };
}

interface Search {
  readonly query: Signature;
  distance: number;
  readonly radii: Int32Array;
  found: number;
  inspected: number;
}

interface SearchedColumns {
  readonly low: Uint32Array;
  readonly high: Uint32Array;
  readonly out: Uint32Array;
}

/** Radii whose sum is `distance − 3`, as even as can be, the first bands first; −1 leaves a band out. */
function setRadii(radii: Int32Array, distance: number): void {
  radii.fill(-1);
  for (let rest = distance + 1, band = 0; rest > 0; rest--, band = (band + 1) % BANDS) {
    radii[band]++;
  }
}

function searchBand(
  buckets: Buckets,
  band: number,
  search: Search,
  columns: SearchedColumns,
): void {
  const { query, distance, radii } = search;
  const { starts, lengths, pairs } = buckets;
  const own = bandOf(query.low, query.high, band);
  const other = band < 2 ? query.high : query.low;
  const masks = MASKS_WITHIN[radii[band]];
  for (let m = 0; m < masks; m++) {
    const mask = BAND_MASKS[m];
    const length = lengths[own ^ mask];
    if (length === 0) continue;
    search.inspected += length;
    const room = distance - (m === 0 ? 0 : m < MASKS_WITHIN[1] ? 1 : 2);
    const begin = 2 * starts[own ^ mask];
    for (let at = begin; at < begin + 2 * length; at += 2) {
      if (bitCount(pairs[at + 1] ^ other) <= room) offer(pairs[at], band, search, columns);
    }
  }
}

/** Takes an id that is near enough, in the first band that finds it. */
function offer(id: number, band: number, search: Search, columns: SearchedColumns): void {
  const lowBits = columns.low[id] ^ search.query.low;
  const highBits = columns.high[id] ^ search.query.high;
  if (bitCount(lowBits) + bitCount(highBits) > search.distance) return;
  for (let before = 0; before < band; before++) {
    if (bitCount(bandOf(lowBits, highBits, before)) <= search.radii[before]) return;
  }
  if (search.found < columns.out.length) columns.out[search.found] = id;
  search.found++;
}

function bandOf(low: number, high: number, band: number): number {
  const word = band < 2 ? low : high;
  return (band & 1 ? word >>> 16 : word) & 0xffff;
}

/** Masks of 16 bits with at most two set: none, then one, then two. */
function masksByWeight(): Uint16Array {
  const masks = [0];
  for (let i = 0; i < 16; i++) masks.push(1 << i);
  for (let i = 0; i < 16; i++) {
    for (let j = 0; j < i; j++) masks.push((1 << i) | (1 << j));
  }
  return Uint16Array.from(masks);
}
