/**
 * One engine, one plan, one log, in a process of its own; writes what it cost as JSON.
 * Usage: node benchmarks/engines/measure.ts ENGINE PLAN LOG SMALLEST-LOG ROUNDS
 */
import type { QueryEngine } from '@wavetune/engine';
import { readTrace } from '@wavetune/ingest';
import { aggregate, col, listOf, type Plan, scan, U64, unnest } from '@wavetune/ir';
import { treePeakMegabytes } from '../support/process-tree.ts';
import { median } from '../support/whole-process.ts';
import { CONTENDERS } from './open-contender.ts';

/** What a plan cost on an engine. */
export interface Measurement {
  /** The middle one of the rounds. */
  readonly seconds: number;
  /** The peaks of the processes, ours and the engine's, added. */
  readonly peakMegabytes: number;
  /** Distinct blocks and references, which all engines must agree on. */
  readonly answer: string;
}

/** What can be asked of a log, by name. */
const WORK: Readonly<Record<string, (engine: QueryEngine, path: string) => Promise<string>>> = {
  'one row': async (engine) => String((await engine.rows(ONE_ROW)).length),
  'count by block': async (engine, path) => {
    const [{ blocks, references }] = await engine.rows(countByBlock(path));
    return `${blocks} ${references}`;
  },
  'read into columns': async (engine, path) => {
    const { columns } = await readTrace({ files: [path], format: 'requests', engine });
    return `${columns.parents.length} ${columns.blocks.length}`;
  },
};

const ONE_ROW = scan({
  format: 'values',
  columns: [{ name: 'id', type: U64 }],
  rows: [['1']],
});

function countByBlock(path: string): Plan {
  const columns = [{ name: 'hash_ids', type: listOf(U64) }];
  const ids = unnest(scan({ format: 'parquet', files: [path], columns }), 'hash_ids', {
    item: 'id',
  });
  const uses = aggregate(ids, { id: col('id') }, { references: { fn: 'count' } });
  const total = { fn: 'sum', args: [col('references')] } as const;
  return aggregate(uses, {}, { blocks: { fn: 'count' }, references: total });
}

const [name, plan, path, smallest, rounds] = process.argv.slice(2);
const { engine, roots, close } = await CONTENDERS[name].open();
try {
  // Not counted: code is compiled, pages of the log's reader are cached.
  await WORK[plan](engine, smallest);
  const seconds: number[] = [];
  let answer = '';
  for (let round = 0; round < Number(rounds); round++) {
    const begin = performance.now();
    answer = await WORK[plan](engine, path);
    seconds.push((performance.now() - begin) / 1000);
  }
  const peakMegabytes = treePeakMegabytes([process.pid, ...roots]);
  const found: Measurement = { seconds: median(seconds), peakMegabytes, answer };
  process.stdout.write(JSON.stringify(found));
} finally {
  await close();
}
