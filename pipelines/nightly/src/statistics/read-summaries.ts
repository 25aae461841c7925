import { readFile } from 'node:fs/promises';
import { type Partial, partialPaths, partialSchema } from './partial.ts';

/** What each partition counted, with its name and day. */
export interface PartitionSummary extends Omit<Partial, 'schema'> {
  readonly name: string;
  readonly day: string | null;
}

export async function readSummaries<
  P extends { readonly name: string; readonly day: string | null },
>(
  folder: string,
  partitions: readonly P[],
  partialOf: (partition: P) => string,
): Promise<readonly PartitionSummary[]> {
  return await Promise.all(
    partitions.map(async (partition) => {
      const text = await readFile(partialPaths(folder, partialOf(partition)).summary, 'utf8');
      const { schema: _, ...summary } = partialSchema.parse(JSON.parse(text));
      return { name: partition.name, day: partition.day, ...summary };
    }),
  );
}
