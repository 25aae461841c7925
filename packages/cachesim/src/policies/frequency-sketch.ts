/**
 * How often a block was seen lately, up to 15 and with some error upwards: a count-min sketch of four rows whose counters
 * of one block lie in 16 neighbouring bytes, so that an estimate costs one cache miss. Only the least counters grow
 * (conservative update); all are halved after ten additions a counted block (Einziger, Friedman and Manes, "TinyLFU", 2017).
 *
 * Space: 4 bytes a counted block, rounded up to a power of two.
 */
export interface FrequencySketch {
  readonly counters: Uint8Array;
  /** Moves a hash to a group of 16 counters. */
  readonly shift: number;
  readonly period: number;
  additions: number;
}

const MOST = 15;
/** xxHash's second prime. */
const MULTIPLIER = 0x85ebca77;
/** Groups are chosen by the upper bits of a hash, counters by these. */
const SLOT_BITS = 8;

export function createFrequencySketch(countedBlocks: number): FrequencySketch {
  const groupBits = Math.min(24, Math.max(1, Math.ceil(Math.log2(countedBlocks / 4))));
  return {
    counters: new Uint8Array(16 * 2 ** groupBits),
    shift: 32 - groupBits,
    period: 10 * countedBlocks,
    additions: 0,
  };
}

export function estimate({ counters, shift }: FrequencySketch, block: number): number {
  const hash = hashOf(block);
  const group = (hash >>> shift) << 4;
  const a = counters[group + (hash & 3)];
  const b = counters[group + 4 + ((hash >>> 2) & 3)];
  const c = counters[group + 8 + ((hash >>> 4) & 3)];
  const d = counters[group + 12 + ((hash >>> 6) & 3)];
  return Math.min(Math.min(a, b), Math.min(c, d));
}

export function addToSketch(sketch: FrequencySketch, block: number): void {
  const { counters, shift } = sketch;
  const hash = hashOf(block);
  const group = (hash >>> shift) << 4;
  const least = estimate(sketch, block);
  if (least < MOST) {
    for (let row = 0; row < SLOT_BITS; row += 2) {
      const at = group + 2 * row + ((hash >>> row) & 3);
      if (counters[at] === least) counters[at] = least + 1;
    }
  }
  if (++sketch.additions === sketch.period) halve(sketch);
}

function hashOf(block: number): number {
  const mixed = Math.imul(block + 1, MULTIPLIER);
  return Math.imul(mixed ^ (mixed >>> 15), 0xc2b2ae3d);
}

function halve(sketch: FrequencySketch): void {
  const { counters } = sketch;
  for (let i = 0; i < counters.length; i++) counters[i] >>>= 1;
  sketch.additions = 0;
}
