import { anchorError } from './anchor-errors.ts';

/** How the rotary embedding of a model turns keys. */
export interface RopeRules {
  /** Numbers of a head that are rotated: even. What follows them in a head is not position-dependent, and stays. */
  readonly rotatedSize: number;
  /** Numbers of a head; `rotatedSize` unless given. */
  readonly headSize?: number;
  /** 10,000 in the paper; `rope_theta` of a model's configuration. */
  readonly theta: number;
  /**
   * Which two numbers turn together: `interleaved` (2i, 2i+1: the paper, GPT-J) or `half-split` (i, i + rotatedSize/2:
   * GPT-NeoX, Llama in Hugging Face's layout, Qwen).
   */
  readonly layout: 'interleaved' | 'half-split';
}

/**
 * The angle by which pair `i` turns from one position to the next: `theta^(−2i/d)`, d the rotated size.
 *
 * Su et al., "RoFormer: Enhanced Transformer with Rotary Position Embedding" (2021), equation 15 with i from 0.
 */
export function ropeAngles({ rotatedSize, theta }: RopeRules): Float64Array {
  return Float64Array.from(
    { length: rotatedSize / 2 },
    (_, pair) => theta ** ((-2 * pair) / rotatedSize),
  );
}

/**
 * Moves keys that were rotated for some positions to positions `delta` further on, in place.
 *
 * Rotations about one plane add up, so this is exact up to rounding, and only for a model whose rotation depends on the
 * position alone (plain RoPE; with a scaling that depends on the prompt's length it is not). It moves keys; it does not make
 * them right: a key also depends on all tokens before it through the layers below, so moved keys are an approximation that
 * changes the model's output, and no tokens are saved by them here.
 *
 * @param keys - Shape `[heads or tokens …, headSize]`, as f32.
 * @param delta - In tokens; negative moves back.
 * @throws WavetuneError `anchor.bad-rotation`
 */
export function rerotateKeys(keys: Float32Array, delta: number, rules: RopeRules): void {
  const { rotatedSize, headSize = rotatedSize, layout } = rules;
  checkRules(keys, delta, rules);
  const angles = ropeAngles(rules);
  const cosines = angles.map((angle) => Math.cos(delta * angle));
  const sines = angles.map((angle) => Math.sin(delta * angle));
  const half = rotatedSize / 2;
  for (let head = 0; head < keys.length; head += headSize) {
    for (let pair = 0; pair < half; pair++) {
      const first = head + (layout === 'interleaved' ? 2 * pair : pair);
      const second = first + (layout === 'interleaved' ? 1 : half);
      const x = keys[first];
      const y = keys[second];
      keys[first] = x * cosines[pair] - y * sines[pair];
      keys[second] = x * sines[pair] + y * cosines[pair];
    }
  }
}

function checkRules(keys: Float32Array, delta: number, rules: RopeRules): void {
  const { rotatedSize, headSize = rotatedSize, theta } = rules;
  const fault = [
    [rotatedSize > 0 && rotatedSize % 2 === 0, `the rotated size ${rotatedSize} is not even`],
    [headSize >= rotatedSize, `a head of ${headSize} does not hold ${rotatedSize}`],
    [keys.length % headSize === 0, `${keys.length} numbers are no whole heads of ${headSize}`],
    [theta > 1, `theta is ${theta}; accepted is a number above 1`],
    [Number.isSafeInteger(delta), `the distance is ${delta}; accepted is a whole number`],
  ] as const;
  const found = fault.find(([isRight]) => !isRight);
  if (found !== undefined) throw anchorError('anchor.bad-rotation', { reason: found[1] });
}
