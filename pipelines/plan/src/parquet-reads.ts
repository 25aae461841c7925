import type { Engine } from '@wavetune/engine';
import type { Plan } from '@wavetune/ir';
import { planLines } from './plan-lines.ts';

/** How much of a Parquet file a plan asks for. */
export interface ParquetRead {
  readonly file: string;
  readonly columns: readonly string[];
  /** Columns that the file has. */
  readonly ofColumns: number;
  /** What the reader may hold against the statistics of a row group; undefined where every row is wanted. */
  readonly filter: string | undefined;
}

/** What the Parquet files of a plan, as it runs, are asked for, from the plan itself down. */
export async function parquetReads(engine: Engine, plan: Plan): Promise<readonly ParquetRead[]> {
  const lines = planLines(plan);
  const reads = lines.flatMap(({ relation: { node, schema } }, i) => {
    if (node.kind !== 'scan' || node.source.format !== 'parquet') return [];
    const above = lines[i - 1];
    const isFiltered = above?.relation.node.kind === 'filter';
    const filter = isFiltered ? above.text.replace(/^filter /, '') : undefined;
    const columns = schema.map(({ name }) => name);
    return node.source.files.map((file) => ({ file, columns, filter }));
  });
  return Promise.all(
    reads.map(async (read) => {
      const ofColumns = (await engine.describeFile(read.file, 'parquet')).length;
      return { ...read, ofColumns };
    }),
  );
}
