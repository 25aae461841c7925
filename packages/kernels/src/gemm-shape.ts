/** One grouped matrix multiplication: `rows` tokens in `rowBlocks` blocks against the weights of `groups` experts. */
export interface GemmShape {
  readonly rows: number;
  /** Blocks of `blockM` rows; every expert rounds up on its own. */
  readonly rowBlocks: number;
  /** Weight matrices that are read; 1 where the multiplication is dense. */
  readonly groups: number;
  readonly n: number;
  readonly k: number;
  /** Share of first touches that find nothing in L2: 1 where other layers ran in between. */
  readonly missShare: number;
}
