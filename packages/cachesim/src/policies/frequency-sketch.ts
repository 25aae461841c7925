/** How often a block was seen lately, in 4 bits and with some error upwards. */
export interface FrequencySketch {
  add(block: number): void;
  estimate(block: number): number;
}

/** Odd multipliers, one a row (chosen: xxHash's primes). */
const MULTIPLIERS = [0x9e3779b1, 0x85ebca77, 0xc2b2ae3d, 0x27d4eb2f] as const;

/**
 * A count-min sketch of four rows with conservative counters up to 15; all are halved after ten additions a counted block
 * (Einziger, Friedman and Manes, "TinyLFU", 2017).
 *
 * Space: 4 bytes a counted block, rounded up to a power of two.
 */
export function createFrequencySketch(countedBlocks: number): FrequencySketch {
  const bits = Math.max(3, Math.ceil(Math.log2(Math.max(1, countedBlocks))));
  const width = 2 ** bits;
  const counters = new Uint8Array(4 * width);
  const period = 10 * countedBlocks;
  let additions = 0;
  const slot = (block: number, row: number): number =>
    row * width + (Math.imul(block + 1, MULTIPLIERS[row]) >>> (32 - bits));
  const estimate = (block: number): number => {
    let least = 15;
    for (let row = 0; row < 4; row++) least = Math.min(least, counters[slot(block, row)]);
    return least;
  };
  return {
    estimate,
    add(block) {
      const least = estimate(block);
      if (least < 15) {
        for (let row = 0; row < 4; row++) {
          if (counters[slot(block, row)] === least) counters[slot(block, row)]++;
        }
      }
      if (++additions < period) return;
      for (let i = 0; i < counters.length; i++) counters[i] >>>= 1;
      additions = 0;
    },
  };
}
