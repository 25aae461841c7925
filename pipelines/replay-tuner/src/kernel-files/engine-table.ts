import type { Model } from '@wavetune/catalog';
import {
  type EngineName,
  engineFileBody,
  findStrategy,
  isFeasible,
  type LayerProblem,
  pinnedPolicies,
  type TilePolicy,
  withRows,
} from '@wavetune/kernels';
import type { DecidedProblem, KernelTuning } from '../kernels/tune-kernels.ts';
import { tunedFileName } from '../kernels/tuned-file-names.ts';
import type { KernelFile, KernelFiles } from './kernel-file-exporter.ts';

/** Where an engine looks for its two kinds of files, relative to the folder that is written. */
export interface EngineFolders {
  readonly moe: string;
  readonly dense: string;
}

/**
 * The tuned files of vLLM or SGLang: what beats the engine's own default at the trace's M, that default at every other M
 * of the grid, since engines take the entry of the nearest M. A layer that keeps its default everywhere has no file.
 *
 * Two layers with one name have one shape, and so one body.
 */
export async function engineTables(
  tuning: KernelTuning,
  { engine, folders }: { readonly engine: EngineName; readonly folders: EngineFolders },
): Promise<KernelFiles> {
  const { layers, device } = tuning.ground;
  const decided = tuning.decideAgainst(findStrategy(engine));
  const files = new Map<string, KernelFile>();
  const kept: string[] = [];
  const untold: string[] = [];
  for (const layer of layers) {
    const name = tunedFileName(engine, withRows(layer, 1), device);
    const used = decided.filter((one) => one.layer === layer.layer && isUsed(one));
    if (name === undefined) untold.push(layer.layer);
    else if (used.length === 0) kept.push(layer.layer);
    else {
      const folder = layer.problem.kind === 'moe' ? folders.moe : folders.dense;
      const policies = await rowsOf(tuning, { engine, layer, used });
      files.set(name, { name: `${folder}${name}`, text: bodyText(policies) });
    }
  }
  return {
    files: [...files.values()],
    notes: [
      ...sentence(kept, 'keep the default at every M of this trace, so no file is written for'),
      ...sentence(untold, 'run in a library or in a kernel that reads no tuned file:'),
    ],
  };
}

/** Other models of the catalogue whose MoE file has the same name: it names experts and width, not the model's width. */
export function sharedNameNote(
  { ground }: KernelTuning,
  catalogue: readonly Model[],
): readonly string[] {
  const own = ground.layers.find(({ problem }) => problem.kind === 'moe')?.problem;
  if (own?.kind !== 'moe') return [];
  const experts = own.experts / own.ep;
  const sharing = catalogue.flatMap(({ name, hiddenSize, feedForward }) => {
    if (feedForward.kind !== 'moe' || hiddenSize === own.hidden) return [];
    const ranks = feedForward.experts / experts;
    const parts = feedForward.expertWidth / own.width;
    if (!Number.isInteger(ranks) || !Number.isInteger(parts)) return [];
    return [`${name} (K ${hiddenSize}; experts over ${ranks}, width over ${parts})`];
  });
  return sharing.length === 0
    ? []
    : [
        `the MoE file's name says nothing of K: on this device it is also looked up for ${sharing.join(', ')}; do not share one folder with them`,
      ];
}

async function rowsOf(
  tuning: KernelTuning,
  {
    engine,
    layer,
    used,
  }: {
    readonly engine: EngineName;
    readonly layer: LayerProblem;
    readonly used: readonly DecidedProblem[];
  },
): Promise<ReadonlyMap<number, TilePolicy>> {
  const decided = new Map(used.map(({ m, decision }) => [m, decision.policy]));
  const rows = new Map(pinnedPolicies(layer, { decided, strategy: findStrategy(engine) }));
  for (const [m, policy] of rows) {
    if (isFeasible(tuning.ground.device, layer.problem.dtype, policy)) continue;
    rows.set(m, (await tuning.searchAt(layer.layer, m)).policy);
  }
  return rows;
}

function isUsed({ decision }: DecidedProblem): boolean {
  return decision.verdict === 'use';
}

function bodyText(policies: ReadonlyMap<number, TilePolicy>): string {
  return `${JSON.stringify(engineFileBody(policies), null, 4)}\n`;
}

function sentence(layers: readonly string[], predicate: string): readonly string[] {
  return layers.length === 0 ? [] : [`layers that ${predicate} ${layers.join(', ')}`];
}
