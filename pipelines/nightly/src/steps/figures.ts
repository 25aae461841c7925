import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalJson } from '@wavetune/core';
import { decodeCacheReplay, decodePolicies } from '@wavetune/documents';
import { z } from 'zod';
import { startOf } from '../dates.ts';
import { type Figures, figuresSchema } from '../gates/figures.ts';
import { judge } from '../gates/gates.ts';
import type { Night } from '../run/night.ts';
import type { Step } from '../run/step.ts';
import type { PartitionSummary } from '../statistics/read-summaries.ts';

const historySchema = z.array(figuresSchema);

/** figures.json of tonight, and history.json of the nights before it that were published. */
export function figuresStep(night: Night): Step {
  const { previous, name } = night;
  const { nights } = night.setup.config.gates;
  return {
    name: 'figures',
    version: 2,
    after: ['summarise', 'replay', 'tune'],
    key: { run: name, nights, previous: previous?.name ?? null },
    outputs: ['figures.json', 'history.json'],
    async run({ folder, runFolder }) {
      const days = new Set(night.window.map(({ day }) => day)).size;
      const figures = await figuresOf(runFolder, { run: name, days });
      const history = previous === undefined ? [] : await historyAfter(previous.folder);
      await writeFile(join(folder, 'figures.json'), canonicalJson(figures, 1));
      await writeFile(join(folder, 'history.json'), canonicalJson(history.slice(-nights), 1));
    },
  };
}

/** gates.json: every gate with its verdict and its reason. A gate that is not passed fails no step; it stops publishing. */
export function gatesStep(night: Night): Step {
  const config = night.setup.config.gates;
  return {
    name: 'gates',
    version: 1,
    after: ['figures'],
    key: config,
    outputs: ['gates.json'],
    async run({ folder, runFolder }) {
      const tonight = await readFigures(runFolder);
      const history = await readHistory(runFolder);
      await writeFile(
        join(folder, 'gates.json'),
        canonicalJson(judge({ tonight, history, config }), 1),
      );
    },
  };
}

export async function readFigures(folder: string): Promise<Figures> {
  return figuresSchema.parse(JSON.parse(await readFile(join(folder, 'figures.json'), 'utf8')));
}

async function readHistory(folder: string): Promise<readonly Figures[]> {
  return historySchema.parse(JSON.parse(await readFile(join(folder, 'history.json'), 'utf8')));
}

async function historyAfter(folder: string): Promise<readonly Figures[]> {
  return [...(await readHistory(folder)), await readFigures(folder)];
}

async function figuresOf(
  runFolder: string,
  { run, days }: { readonly run: string; readonly days: number },
): Promise<Figures> {
  const text = (file: string): Promise<string> => readFile(join(runFolder, file), 'utf8');
  const partitions = JSON.parse(await text('partitions.json')) as readonly PartitionSummary[];
  const replay = decodeCacheReplay(await text('cache-replay.json'));
  const { cache } = decodePolicies(await text('tuned/policies.json'));
  if (cache === null) throw new Error('the tuner gave no cache policy');
  return {
    schema: 'nightly-figures/1',
    run,
    added: addedOf(partitions),
    window: {
      days,
      all_requests: replay.trace.requests,
      all_references: replay.trace.blockReferences,
      requests: replay.window.requests,
      input_tokens: replay.window.inputTokens,
      ceiling_ratio: replay.ceiling.ratio,
      policy: cache.policy,
      capacity_blocks: cache.capacity_blocks,
      hit_ratio: cache.ours.hit_ratio,
      default_ratio: cache.default.hit_ratio,
      hit_tokens: cache.ours.hit_tokens,
      verdict: cache.verdict,
      gain: cache.gain?.hit_ratio ?? null,
      gain_error: cache.gain?.standard_error ?? null,
    },
  };
}

function addedOf(partitions: readonly PartitionSummary[]): Figures['added'] {
  const sum = (of: (partition: PartitionSummary) => number): number =>
    partitions.reduce((total, partition) => total + of(partition), 0);
  const kinds = <T>(of: (partition: PartitionSummary) => T): T[] =>
    [...new Set(partitions.map(of))].sort();
  return {
    partitions: partitions.length,
    formats: kinds((partition) => partition.format),
    block_sizes: kinds((partition) => partition.block_size),
    requests: sum((partition) => partition.requests),
    block_references: sum((partition) => partition.block_references),
    distinct_blocks: sum((partition) => partition.distinct_blocks),
    input_tokens: sum((partition) => partition.input_tokens),
    bad_records: sum((partition) => partition.bad_records),
    conflicts: sum((partition) => partition.conflicts),
    out_of_order: sum((partition) => partition.out_of_order),
    out_of_day: outOfDay(partitions),
  };
}

/** Times below this (1973) count from a trace's start, not from 1970. */
const LEAST_EPOCH_MILLIS = 1e11;
const HOUR_MILLIS = 3_600_000;

function outOfDay(partitions: readonly PartitionSummary[]): number | null {
  const dated = partitions.filter(
    ({ day, last_ms: last }) => day !== null && (last ?? 0) > LEAST_EPOCH_MILLIS,
  );
  if (dated.length === 0) return null;
  const outside = dated.filter(({ day, first_ms: first, last_ms: last }) => {
    const start = startOf(day!);
    return first! < start - HOUR_MILLIS || last! > start + 25 * HOUR_MILLIS;
  });
  return outside.length / dated.length;
}
