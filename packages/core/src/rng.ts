/** A seeded stream of random numbers: the same seed gives the same stream on every machine. */
export interface Rng {
  /** Uniform in `[0, 2^32)`. */
  nextUint32(): number;
  /** Uniform in `[0, 1)`, 32 bits of resolution. */
  nextFloat(): number;
  /** Uniform integer in `[0, bound)`; `bound` at most 2^32. */
  nextBelow(bound: number): number;
}

/** Small Fast Counter, 32 bit (Doty-Humphrey, PractRand's sfc32): 128 bits of state, passes BigCrush. */
export function createRng(seed: number): Rng {
  let a = 0;
  let b = seed >>> 0;
  let c = Math.floor(seed / 0x1_0000_0000) >>> 0;
  let counter = 1;
  const nextUint32 = (): number => {
    const out = (a + b + counter) >>> 0;
    counter = (counter + 1) >>> 0;
    a = (b ^ (b >>> 9)) >>> 0;
    b = (c + (c << 3)) >>> 0;
    c = (((c << 21) | (c >>> 11)) + out) >>> 0;
    return out;
  };
  for (let i = 0; i < 12; i++) nextUint32();
  return {
    nextUint32,
    nextFloat: () => nextUint32() / 0x1_0000_0000,
    nextBelow: (bound) => Math.floor((nextUint32() / 0x1_0000_0000) * bound),
  };
}
