import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { defineCommand, type OptionsOf, type Session } from '@wavetune/cli';
import { canonicalJson, publishFile } from '@wavetune/core';
import type { Engine } from '@wavetune/engine';
import { blockSumsPlan, type ReadTrace } from '@wavetune/ingest';
import { faultOfLogOptions, LOG_OPTIONS, readLogs, withEngine } from '@wavetune/log-input';
import { z } from 'zod';
import { type Partial, partialPaths } from './partial.ts';

const jobsSchema = z.array(z.strictObject({ path: z.string(), partial: z.string() }));

const OPTIONS = {
  jobs: { type: 'string', demandOption: true, describe: 'JSON: [{path, partial}]' },
  partials: { type: 'string', demandOption: true, describe: 'Folder of the partials' },
  'half-life-ms': { type: 'number', demandOption: true, describe: 'Of the scores' },
  ...LOG_OPTIONS,
} as const;

type Raw = OptionsOf<typeof OPTIONS>;

/**
 * Counts the blocks of partitions, each into a partial of its own; a partial that is there is not made again. A step of
 * the nightly run, not a command for people.
 */
export const summarise = defineCommand({
  name: 'nightly-summarise',
  summary: 'Counts the blocks of log partitions.',
  options: OPTIONS,
  examples: [],
  check: faultOfLogOptions,
  async run(raw, session) {
    const jobs = jobsSchema.parse(JSON.parse(await readFile(raw.jobs, 'utf8')));
    await withEngine(raw, session, async (engine) => {
      for (const job of jobs) await summarisePartition({ raw, session, engine, ...job });
    });
  },
});

interface Job {
  readonly raw: Raw;
  readonly session: Session;
  readonly engine: Engine;
  readonly path: string;
  readonly partial: string;
}

async function summarisePartition({ raw, session, engine, path, partial }: Job): Promise<void> {
  const { blocks, summary } = partialPaths(raw.partials, partial);
  if (existsSync(summary)) return;
  const trace = await readLogs(session, { files: [path], raw, engine });
  const described = describe(trace, raw['half-life-ms']);
  const { landmark, half_life_ms: halfLifeMillis } = described;
  const score = { halfLifeMillis, landmarkMillis: landmark * halfLifeMillis };
  await engine.writeParquet(blockSumsPlan(trace, score), blocks, { codec: 'snappy' });
  await publishFile(summary, [canonicalJson(described, 1)]);
  session.note(
    `counted ${path}: ${described.requests} requests, ${described.distinct_blocks} blocks`,
  );
}

function describe({ columns, quality, source }: ReadTrace, halfLifeMillis: number): Partial {
  const { timeMillis, inputTokens, offsets, parents, blocks, blockSize } = columns;
  let [first, last, tokens] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  for (let r = 0; r + 1 < offsets.length; r++) {
    first = Math.min(first, timeMillis[r]);
    last = Math.max(last, timeMillis[r]);
    tokens += inputTokens[r];
  }
  const isEmpty = offsets.length < 2;
  return {
    schema: 'nightly-partial/1',
    format: source.format.name,
    block_size: blockSize,
    requests: offsets.length - 1,
    block_references: blocks.length,
    distinct_blocks: parents.length,
    input_tokens: tokens,
    first_ms: isEmpty ? null : first,
    last_ms: isEmpty ? null : last,
    bad_records: quality.quarantined,
    conflicts: quality.conflictReferences,
    out_of_order: quality.outOfOrder,
    landmark: isEmpty ? 0 : Math.ceil(last / halfLifeMillis),
    half_life_ms: halfLifeMillis,
  };
}
