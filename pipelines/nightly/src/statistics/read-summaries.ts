import { type Partial, readPartial } from './partial.ts';

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
      const { schema: _, ...summary } = await readPartial(folder, partialOf(partition));
      return { name: partition.name, day: partition.day, ...summary };
    }),
  );
}
