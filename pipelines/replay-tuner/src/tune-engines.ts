import { blockBytesOf } from '@wavetune/cache-sizing';
import type { Simulation } from '@wavetune/cachesim';
import { NONE } from '@wavetune/core';
import {
  ENGINE_EXPORTERS,
  type EngineAdvice,
  type EngineChoice,
  type EngineExporter,
  type RetentionRule,
} from '@wavetune/documents';
import { bestOf } from './choose-policy.ts';
import { type Judgement, judge } from './judge.ts';
import { pinsOf } from './pins.ts';
import { type Bench, replayAll } from './replay-all.ts';
import { scoresOf, type Trial } from './trial.ts';
import { judgeOptionsOf, type TuningGround } from './tuning-ground.ts';

/** What one engine should be told, and what that was worth. */
export interface TunedEngine {
  readonly exporter: EngineExporter;
  readonly judgement: Judgement;
  readonly theirs: EngineChoice;
  readonly ours: EngineChoice;
  readonly advice: EngineAdvice;
}

/** What tuning an engine needs beside the ground. */
export interface EngineOptions {
  readonly trial: Trial;
  readonly seed: number;
}

/** Share of the cache that TensorRT-LLM's rules may protect; chosen. */
const RETAINED_SHARE = 0.5;

/** Exporters by the names of the command line; `all` is every one. */
export function exportersOf(names: readonly string[]): readonly EngineExporter[] {
  return ENGINE_EXPORTERS.filter(({ option }) => names.includes('all') || names.includes(option));
}

/** Chooses among what the engine can be told by the validation slice, and judges it against what it does untold. */
export async function tuneEngine(
  ground: TuningGround,
  exporter: EngineExporter,
  options: EngineOptions & { readonly bench: Bench },
): Promise<TunedEngine> {
  const { trace, tunedEnd, measured } = ground;
  const { bench, trial, seed } = options;
  const early = exporter.choices.map((choice) =>
    toReplay(trial.ground, choice, trial.validateFrom),
  );
  const hitTokens = await scoresOf(trial, early, bench);
  const scores = exporter.choices.map((choice, i) => ({ choice, hitTokens: hitTokens[i] }));
  const theirs = exporter.choices[0];
  const ours = bestOf(scores).choice;
  const [theirTokens, ourTokens] = await replayAll(
    trace.columns,
    [theirs, ours].map((choice) => toReplay(ground, choice, tunedEnd)),
    bench,
  );
  const judgement = judge(
    { label: labelOf(theirs), tokens: theirTokens },
    { label: labelOf(ours), tokens: ourTokens },
    { ...judgeOptionsOf(ground), measured, seed },
  );
  const { verdict, reason } = judgement;
  const advice = {
    verdict,
    reason,
    choice: verdict === 'use' ? ours : theirs,
    capacityBytes: capacityBytesOf(ground),
    blockSize: trace.columns.blockSize,
    retention: retentionOf(ground),
  };
  return { exporter, judgement, theirs, ours, advice };
}

function toReplay(ground: TuningGround, choice: EngineChoice, end: number): Simulation {
  const { policy, parameters, residency } = choice;
  const { capacityBlocks } = ground;
  const inputs =
    policy === 'pinned-lru' ? { pins: pinsOf(ground, end, RETAINED_SHARE).blocks } : {};
  return { policy, parameters, residency, capacityBlocks, inputs };
}

/** The rules that stand for the pins: each deepest prefix is kept above all others for good. */
function retentionOf(ground: TuningGround): readonly RetentionRule[] {
  const { columns, names } = ground.trace;
  const { tips } = pinsOf(ground, ground.tunedEnd, RETAINED_SHARE);
  return Array.from(tips, (tip) => ({
    prefix: names.nameOf(tip),
    tokens: depthOf(columns.parents, tip) * columns.blockSize,
    priority: 100,
    ttlMillis: null,
  }));
}

/** Blocks from the root to `block`, both included. */
function depthOf(parents: Uint32Array, block: number): number {
  let depth = 0;
  for (let at = block; at !== NONE; at = parents[at]) depth++;
  return depth;
}

function labelOf({ setting }: EngineChoice): string {
  const words = Object.entries(setting).map(([name, value]) => `${name} ${value}`);
  return words.length === 0 ? 'the default' : words.join(', ');
}

function capacityBytesOf({ model, capacityBlocks, trace }: TuningGround): number {
  if (model === undefined) throw new Error('engines are tuned with a model only');
  return capacityBlocks * blockBytesOf(model, trace.columns.blockSize);
}
