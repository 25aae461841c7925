import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defineCommand, type OptionsOf } from '@wavetune/cli';
import { canonicalJson, publishFile } from '@wavetune/core';
import type { Engine } from '@wavetune/engine';
import { BLOCK_SUMS, blockScoresPlan, scanBlockSums } from '@wavetune/ingest';
import {
  aggregate,
  asc,
  call,
  caseOf,
  col,
  desc,
  F64,
  filter,
  lit,
  type Plan,
  project,
  scan,
  sort,
} from '@wavetune/ir';
import { withEngine } from '@wavetune/log-input';
import { z } from 'zod';
import { type Partial, partialPaths, readPartial } from './partial.ts';

const jobsSchema = z.array(z.string());

const OPTIONS = {
  jobs: { type: 'string', demandOption: true, describe: 'JSON: names of partials' },
  partials: { type: 'string', demandOption: true, describe: 'Folder of the partials' },
  'least-count': {
    type: 'number',
    demandOption: true,
    describe: 'References that a kept block has',
  },
  out: {
    type: 'string',
    demandOption: true,
    describe: 'Folder for blocks.parquet, statistics.json',
  },
  'engine-memory': { type: 'string', default: '1GiB', describe: 'Before it spills' },
  threads: { type: 'number', describe: 'Threads' },
} as const;

type Raw = OptionsOf<typeof OPTIONS>;

/**
 * Adds up what partitions counted: the same as counting all of them at once, to the bit, in whatever order and however
 * often it was done before. A step of the nightly run, not a command for people.
 */
export const mergePartials = defineCommand({
  name: 'nightly-merge',
  summary: 'Adds up the block statistics of partitions.',
  options: OPTIONS,
  examples: [],
  async run(raw, session) {
    const names = jobsSchema.parse(JSON.parse(await readFile(raw.jobs, 'utf8')));
    const parts = await Promise.all(names.map((name) => partOf(raw.partials, name)));
    await withEngine(raw, session, (engine) => mergeInto(engine, parts, raw));
  },
});

interface Part {
  readonly blocks: string;
  readonly summary: Partial;
}

async function partOf(folder: string, name: string): Promise<Part> {
  return { blocks: partialPaths(folder, name).blocks, summary: await readPartial(folder, name) };
}

async function mergeInto(engine: Engine, parts: readonly Part[], raw: Raw): Promise<void> {
  const counted = parts.filter(({ summary }) => summary.requests > 0);
  const landmark = Math.max(0, ...counted.map(({ summary }) => summary.landmark));
  await engine.saveTable(mergedBlocks(counted, landmark), 'merged');
  const merged = scan({ format: 'table', name: 'merged', columns: MERGED });
  const kept = filter(merged, call('ge', col('count'), lit(BigInt(raw['least-count']))));
  const path = join(raw.out, 'blocks.parquet');
  await engine.writeParquet(
    sort(kept, desc(col('score')), asc(col('id')), asc(col('parent'))),
    path,
    {
      codec: 'snappy',
    },
  );
  const [{ blocks, references, kept_blocks: keptBlocks }] = await engine.rows(
    totals(merged, raw['least-count']),
  );
  const sum = (of: (summary: Partial) => number): number =>
    counted.reduce((total, { summary }) => total + of(summary), 0);
  const statistics = {
    schema: 'nightly-statistics/1',
    partitions: parts.length,
    requests: sum((summary) => summary.requests),
    input_tokens: sum((summary) => summary.input_tokens),
    block_references: Number(references ?? 0n),
    distinct_blocks: Number(blocks),
    kept_blocks: Number(keptBlocks ?? 0n),
    landmark,
    half_life_ms: parts[0]?.summary.half_life_ms ?? null,
  };
  await publishFile(join(raw.out, 'statistics.json'), [canonicalJson(statistics, 1)]);
}

const MERGED = [...BLOCK_SUMS.slice(0, -1), { name: 'score', type: F64 }];

/** A row a block: counts and scores summed, the score in references at the landmark. */
function mergedBlocks(parts: readonly Part[], landmark: number): Plan {
  const byLandmark = Map.groupBy(parts, ({ summary }) => summary.landmark);
  const sums = Array.from(byLandmark, ([at, some]) => ({
    landmark: at,
    sums: some.map(({ blocks }) => scanBlockSums(blocks)),
  }));
  return blockScoresPlan(sums, landmark);
}

function totals(merged: Plan, leastCount: number): Plan {
  const isKept = call('ge', col('count'), lit(BigInt(leastCount)));
  const flagged = project(merged, {
    count: col('count'),
    kept: caseOf([[isKept, lit(1n)]], lit(0n)),
  });
  return aggregate(
    flagged,
    {},
    {
      blocks: { fn: 'count' },
      references: { fn: 'sum', args: [col('count')] },
      kept_blocks: { fn: 'sum', args: [col('kept')] },
    },
  );
}
