/**
 * Work that the pool can spread over threads: pure, and merged associatively and commutatively, so that the answer depends
 * neither on the number of threads nor on how the input was split.
 *
 * Inputs and partial results are structured-cloneable; bulk data lies over `SharedArrayBuffer`s and is not copied.
 */
export interface Task<Input, Partial> {
  /** `package/what`, unique in the task table. */
  readonly name: string;
  /**
   * How many parts a thread should get, 1 unless said: more where parts differ in cost, so that a thread that is done early
   * takes another; one where every part pays a fixed cost.
   */
  readonly partsAThread?: number;
  /** At most `parts` inputs that together are `input`; at least one. */
  split(input: Input, parts: number): readonly Input[];
  run(input: Input): Partial;
  merge(left: Partial, right: Partial): Partial;
}

/** A half-open range of request numbers, `[begin, end)`. */
export interface RequestRange {
  readonly begin: number;
  readonly end: number;
}

/** Cuts a range into at most `parts` neighbouring ranges whose lengths differ by at most one; none is empty unless the range is. */
export function splitRange(range: RequestRange, parts: number): readonly RequestRange[] {
  const length = range.end - range.begin;
  const count = Math.max(1, Math.min(parts, length));
  return Array.from({ length: count }, (_, i) => ({
    begin: range.begin + Math.floor((length * i) / count),
    end: range.begin + Math.floor((length * (i + 1)) / count),
  }));
}
