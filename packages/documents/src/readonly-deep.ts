/** `T` with every field and element read-only, all the way down; tuples stay tuples. */
export type ReadonlyDeep<T> = T extends object
  ? { readonly [K in keyof T]: ReadonlyDeep<T[K]> }
  : T;
