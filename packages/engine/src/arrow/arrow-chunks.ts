import type { Schema } from '@wavetune/ir';
import type { RecordBatchReader } from 'apache-arrow';
import type { Chunk } from '../chunk.ts';
import type { Absence } from './arrow-vector.ts';

/** Where Arrow's stream format comes from: all of it, or piece by piece. */
export type ArrowBytes = Uint8Array | AsyncIterable<Uint8Array>;

/**
 * The record batches of an Arrow IPC stream as chunks, one each; their columns are those of `schema`, in order. Numbers are
 * views of the stream's memory, text is decoded. The first stream loads Arrow's library, which no command's start waits for.
 *
 * @param absence - How the stream says that a list or a struct is null.
 * @throws WavetuneError `engine.unexpected-result` where the stream holds other types or columns than `schema`.
 */
export async function* arrowChunks(
  bytes: ArrowBytes,
  schema: Schema,
  absence: Absence,
): AsyncGenerator<Chunk> {
  const [arrow, { arrowVector }] = await Promise.all([
    import('apache-arrow'),
    import('./arrow-vector.ts'),
  ]);
  const reader = await readerOf(arrow.RecordBatchReader, bytes);
  try {
    for await (const batch of reader) {
      const columns = schema.map((field, i) => arrowVector(batch.data.children[i], field, absence));
      yield { rowCount: batch.numRows, columns };
    }
  } finally {
    await reader.cancel();
  }
}

/** The library has an overload for each, and none for both. */
function readerOf(reader: typeof RecordBatchReader, bytes: ArrowBytes) {
  return bytes instanceof Uint8Array ? reader.from(bytes) : reader.from(bytes);
}
