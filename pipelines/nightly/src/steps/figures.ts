import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalJson } from '@wavetune/core';
import { decodeCacheReplay, decodePolicies, type Policies } from '@wavetune/documents';
import { z } from 'zod';
import { startOf } from '../dates.ts';
import { type Figures, figuresSchema } from '../gates/figures.ts';
import { judge } from '../gates/gates.ts';
import type { Night } from '../run/night.ts';
import type { Step } from '../run/step.ts';
import { nameOfPolicy } from '../settle/stability.ts';
import type { PartitionSummary } from '../statistics/read-summaries.ts';

const historySchema = z.array(figuresSchema);

/** figures.json of tonight, and history.json of the nights before it that were published. */
export function figuresStep(night: Night): Step {
  const { previous, name } = night;
  const { nights } = night.setup.config.gates;
  return {
    name: 'figures',
    version: 3,
    after: ['summarise', 'replay', 'tune', 'settle'],
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
  const { accepted } = night;
  return {
    name: 'gates',
    version: 2,
    after: ['figures'],
    key: { config, accepted },
    outputs: ['gates.json'],
    async run({ folder, runFolder }) {
      const tonight = await readFigures(runFolder);
      const history = await readHistory(runFolder);
      await writeFile(
        join(folder, 'gates.json'),
        canonicalJson(judge({ tonight, history, config, accepted }), 1),
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
  const settled = decodePolicies(await text('policies.json')).cache;
  if (cache === null || settled === null) throw new Error('the tuner gave no cache policy');
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
      ...inUseOf(settled, cache),
    },
  };
}

type Cache = NonNullable<Policies['cache']>;

/** Nothing where tonight's choice is what is published. */
function inUseOf(settled: Cache, tonight: Cache): Pick<Figures['window'], 'in_use'> {
  const policy = nameOfPolicy(settled);
  if (policy === nameOfPolicy(tonight)) return {};
  const { input_tokens: tokens } = tonight.windows.validated;
  const ratioOf = (name: string): number | null => {
    const found = tonight.candidates.find((candidate) => nameOfPolicy(candidate) === name);
    return found === undefined || tokens === 0 ? null : found.hit_tokens / tokens;
  };
  const untold = nameOfPolicy(tonight.default);
  return { in_use: { policy, hit_ratio: ratioOf(policy), default_ratio: ratioOf(untold) } };
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
