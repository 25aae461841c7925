/** What a merge makes of the columns of its sides. */
export interface JoinColumns {
  /** For each column of the left its name in the result. */
  readonly left: readonly string[];
  /** For each column of the right its name in the result; undefined for a key that the left has under the same name. */
  readonly right: readonly (string | undefined)[];
}

export interface JoinSides {
  readonly left: readonly string[];
  readonly right: readonly string[];
  readonly leftOn: readonly string[];
  readonly rightOn: readonly string[];
  readonly suffixes: readonly [string, string];
}

/** The naming of pandas' `merge`: a pair of keys of one name stands once, other names that both sides have get suffixes. */
export function joinColumns({ left, right, leftOn, rightOn, suffixes }: JoinSides): JoinColumns {
  const shared = new Set(rightOn.filter((name, i) => name === leftOn[i]));
  const own = new Set(left);
  const overlap = new Set(right.filter((name) => own.has(name) && !shared.has(name)));
  return {
    left: left.map((name) => (overlap.has(name) ? name + suffixes[0] : name)),
    right: right.map((name) => {
      if (shared.has(name)) return undefined;
      return overlap.has(name) ? name + suffixes[1] : name;
    }),
  };
}
