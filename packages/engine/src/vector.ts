/** A column of a chunk; at a null row `values` holds rubbish except for text and bool, where it holds null. */
export type Vector =
  | F64Vector
  | IntegerVector<'u64', BigUint64Array>
  | IntegerVector<'i64', BigInt64Array>
  | PlainVector<'text', string>
  | PlainVector<'bool', boolean>
  | ListVector
  | StructVector;

interface Nullable {
  isNull(row: number): boolean;
}

export interface F64Vector extends Nullable {
  readonly kind: 'f64';
  readonly values: Float64Array;
}

export interface IntegerVector<Kind, Values> extends Nullable {
  readonly kind: Kind;
  readonly values: Values;
  /** The same memory as pairs: `words[2 * row]` the low half, `words[2 * row + 1]` the high half. */
  readonly words: Uint32Array;
}

export interface PlainVector<Kind, Value> extends Nullable {
  readonly kind: Kind;
  readonly values: readonly (Value | null)[];
}

/** Row r's elements are `child` at `offsets[r] … offsets[r + 1]`; a null row has none. */
export interface ListVector extends Nullable {
  readonly kind: 'list';
  /** Shape `[rows + 1]`. */
  readonly offsets: Uint32Array;
  readonly child: Vector;
}

export interface StructVector extends Nullable {
  readonly kind: 'struct';
  readonly fields: readonly { readonly name: string; readonly vector: Vector }[];
}
