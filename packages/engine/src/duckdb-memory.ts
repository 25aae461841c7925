import type { DuckDBVector } from '@duckdb/node-api';

/** What the client's vectors hold and its types hide. */
interface Memory {
  readonly items: unknown;
  readonly validity: Validity;
}

interface Validity {
  readonly data: BigUint64Array | null;
  readonly offset: number;
}

/**
 * The typed array of a vector of fixed width. The client's public way is a call and a bigint a row, a tenth of the speed;
 * a test pins what we reach for.
 */
export function itemsOf<Items>(
  vector: DuckDBVector,
  kind: abstract new (...args: never[]) => Items,
): Items {
  const { items } = vector as unknown as Memory;
  if (items instanceof kind) return items;
  throw new Error(`DuckDB gave ${vector.type.toString()} where the plan wants a ${kind.name}`);
}

/** Whether a row is null, off the validity bits (bit set = valid); as {@link itemsOf}. */
export function nullTest(vector: DuckDBVector): (row: number) => boolean {
  const { data, offset } = (vector as unknown as Memory).validity;
  if (data === null) return neverNull;
  const words = new Uint32Array(data.buffer, data.byteOffset, data.length * 2);
  return (row) => {
    const bit = offset + row;
    return ((words[bit >>> 5] >>> (bit & 31)) & 1) === 0;
  };
}

function neverNull(): boolean {
  return false;
}
