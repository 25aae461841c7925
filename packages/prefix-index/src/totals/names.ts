/** Numbers for a few texts, from 0 in order of appearance; those that were there stay. */
export interface Names {
  readonly list: string[];
  readonly idOf: (name: string) => number;
  /** Undefined where there is no such name. */
  readonly find: (name: string) => number | undefined;
}

export function createNames(known: readonly string[]): Names {
  const list = [...known];
  const ids = new Map(list.map((name, id) => [name, id]));
  return {
    list,
    idOf: (name) => {
      const id = ids.get(name) ?? list.push(name) - 1;
      ids.set(name, id);
      return id;
    },
    find: (name) => ids.get(name),
  };
}
