import type { Vector } from './vector.ts';

/** The rows `picks` of a vector, in that order: for lists whose elements DuckDB does not keep in a row. */
export function gather(vector: Vector, picks: Uint32Array): Vector {
  const isNull = (row: number): boolean => vector.isNull(picks[row]);
  switch (vector.kind) {
    case 'f64': {
      const values = new Float64Array(picks.length);
      for (let i = 0; i < picks.length; i++) values[i] = vector.values[picks[i]];
      return { kind: 'f64', values, isNull };
    }
    case 'u64': {
      const values = new BigUint64Array(picks.length);
      return { kind: 'u64', values, words: gatherWords(vector.words, values, picks), isNull };
    }
    case 'i64': {
      const values = new BigInt64Array(picks.length);
      return { kind: 'i64', values, words: gatherWords(vector.words, values, picks), isNull };
    }
    case 'text':
      return { kind: 'text', values: Array.from(picks, (at) => vector.values[at]), isNull };
    case 'bool':
      return { kind: 'bool', values: Array.from(picks, (at) => vector.values[at]), isNull };
    case 'list': {
      const { offsets, inner } = gatherRanges(vector.offsets, picks);
      return { kind: 'list', offsets, child: gather(vector.child, inner), isNull };
    }
    case 'struct': {
      const fields = vector.fields.map(({ name, vector: of }) => ({
        name,
        vector: gather(of, picks),
      }));
      return { kind: 'struct', fields, isNull };
    }
  }
}

function gatherWords(
  from: Uint32Array,
  into: BigUint64Array | BigInt64Array,
  picks: Uint32Array,
): Uint32Array {
  const words = new Uint32Array(into.buffer);
  for (let i = 0; i < picks.length; i++) {
    words[2 * i] = from[2 * picks[i]];
    words[2 * i + 1] = from[2 * picks[i] + 1];
  }
  return words;
}

function gatherRanges(from: Uint32Array, picks: Uint32Array) {
  const offsets = new Uint32Array(picks.length + 1);
  for (let i = 0; i < picks.length; i++) {
    offsets[i + 1] = offsets[i] + from[picks[i] + 1] - from[picks[i]];
  }
  const inner = new Uint32Array(offsets[picks.length]);
  for (let i = 0; i < picks.length; i++) {
    for (let at = offsets[i]; at < offsets[i + 1]; at++)
      inner[at] = from[picks[i]] + at - offsets[i];
  }
  return { offsets, inner };
}
