import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalJson } from '@wavetune/core';
import { addDays } from '../dates.ts';
import { keyOfPartitions, type Night } from '../run/night.ts';
import { runCommandStep, wordsOf } from '../run/run-command-step.ts';
import { PARTIALS } from '../run/runs-folder.ts';
import type { Step } from '../run/step.ts';
import { readSummaries } from '../statistics/read-summaries.ts';
import { readingOptions } from './reading-options.ts';

const SUMMARISE = new URL('../summarise-main.ts', import.meta.url);
const MERGE = new URL('../merge-main.ts', import.meta.url);

/** Counts the blocks of every partition that is new, once and for all. */
export function summariseStep(night: Night): Step {
  const { config, runsFolder } = night.setup;
  const partials = join(runsFolder, PARTIALS);
  const nameOf = ({ name }: { readonly name: string }): string => night.digests.get(name)!;
  return {
    name: 'summarise',
    version: 1,
    after: [],
    key: keyOfPartitions(night.added, night.digests),
    outputs: ['partitions.json'],
    async run(place) {
      const jobs = night.added.map((partition) => ({
        path: partition.path,
        partial: nameOf(partition),
      }));
      const jobsPath = join(place.folder, '.jobs');
      await writeFile(jobsPath, JSON.stringify(jobs));
      const halfLife = { 'half-life-ms': config.statistics.half_life };
      const words = wordsOf({ jobs: jobsPath, partials, ...halfLife, ...readingOptions(config) });
      await runCommandStep({ step: 'summarise', program: SUMMARISE, words }, place);
      await rm(jobsPath);
      const summaries = await readSummaries(partials, night.added, nameOf);
      await writeFile(join(place.folder, 'partitions.json'), canonicalJson(summaries, 1));
    },
  };
}

/** Adds up the partitions within the horizon: blocks.parquet and its totals. */
export function mergeStep(night: Night): Step {
  const { config, runsFolder } = night.setup;
  const { horizon_nights: horizon, least_count: leastCount } = config.statistics;
  const firstDay = addDays(night.day, 1 - horizon);
  const counted = night.ledger.filter(({ day }) => day === null || day >= firstDay);
  const names = counted.map(({ digest }) => digest);
  return {
    name: 'merge',
    version: 2,
    after: ['summarise'],
    key: { partials: names, leastCount },
    outputs: ['blocks.parquet', 'statistics.json'],
    async run(place) {
      const jobs = join(place.folder, '.jobs');
      await writeFile(jobs, JSON.stringify(names));
      const words = wordsOf({
        jobs,
        partials: join(runsFolder, PARTIALS),
        'least-count': leastCount,
        out: place.folder,
        'engine-memory': config.engine_memory,
        threads: config.threads,
      });
      await runCommandStep({ step: 'merge', program: MERGE, words }, place);
      await rm(jobs);
    },
  };
}
