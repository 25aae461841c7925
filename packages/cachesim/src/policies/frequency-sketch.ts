/**
 * How often a block was seen lately, up to 15 and with some error upwards: a count-min sketch of four rows whose counters
 * of one block lie in 16 neighbouring bytes, so that an estimate costs one cache miss. Only the least counters grow
 * (conservative update) (Einziger, Friedman and Manes, "TinyLFU", 2017).
 *
 * Space: 16 bytes a group; at most one group a distinct block, rounded down to a power of two.
 */
export interface FrequencySketch {
  readonly counters: Uint8Array;
  /** Moves a hash to a group of 16 counters. */
  readonly shift: number;
  readonly period: number;
  additions: number;
}

const MOST = 15;
/** Chosen: at one, the one-timers between two halvings lift each other, which costs a point of hits on Zipf traffic. */
const GROUPS_PER_BLOCK = 8;
/** xxHash's second prime. */
const MULTIPLIER = 0x85ebca77;

/** For a cache of `countedBlocks` over `distinctBlocks`; halved after ten additions a counted block. */
export function createFrequencySketch(
  countedBlocks: number,
  distinctBlocks: number,
): FrequencySketch {
  const groups = Math.min(GROUPS_PER_BLOCK * countedBlocks, distinctBlocks);
  const groupBits = Math.min(24, Math.max(1, Math.floor(Math.log2(groups))));
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
  const atA = group + (hash & 3);
  const atB = group + 4 + ((hash >>> 2) & 3);
  const atC = group + 8 + ((hash >>> 4) & 3);
  const atD = group + 12 + ((hash >>> 6) & 3);
  const a = counters[atA];
  const b = counters[atB];
  const c = counters[atC];
  const d = counters[atD];
  const least = Math.min(Math.min(a, b), Math.min(c, d));
  const more = least < MOST ? 1 : 0;
  counters[atA] = a + (a === least ? more : 0);
  counters[atB] = b + (b === least ? more : 0);
  counters[atC] = c + (c === least ? more : 0);
  counters[atD] = d + (d === least ? more : 0);
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
