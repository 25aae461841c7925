/** Numbers for texts in first-appearance order. */
export interface TextIds {
  readonly idOf: (text: string) => number;
  /** The id of `known` where that has one, which `text` then shares; else as `idOf(text)`. */
  readonly aliasOf: (text: string, known: string) => number;
  /** By id. */
  readonly texts: readonly string[];
  /** Forgets the ids from `count` on. */
  readonly forgetFrom: (count: number) => void;
}

export function createTextIds(): TextIds {
  const ids = new Map<string, number>();
  const texts: string[] = [];
  const idOf = (text: string): number => {
    const known = ids.get(text);
    if (known !== undefined) return known;
    ids.set(text, texts.length);
    return texts.push(text) - 1;
  };
  return {
    texts,
    idOf,
    aliasOf: (text, known) => {
      const id = ids.get(known);
      if (id === undefined) return idOf(text);
      ids.set(text, id);
      return id;
    },
    forgetFrom: (count) => {
      for (const text of texts.splice(count)) ids.delete(text);
    },
  };
}
