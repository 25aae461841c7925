import { basename } from 'node:path';
import type { Device } from '@wavetune/catalog';
import { decodePolicies, type Policies } from '@wavetune/documents';
import { loadMeasurements, readText } from '@wavetune/kernel-input';
import {
  buildNeighbourIndex,
  fromPolicyFields,
  type LayerProblem,
  type MeasuredTime,
  type Measurement,
  type NeighbourVote,
  neighbourQueryOf,
  neighbourVotes,
  parseTunedTable,
  sameShape,
  type TilePolicy,
  type TraceProblem,
} from '@wavetune/kernels';
import type { RawKernelOptions } from './kernel-options.ts';
import { isTunedFile, readTunedFile, type TunedFile } from './tuned-file.ts';

type KernelPolicy = NonNullable<Policies['kernels']>[number];

/** What is known of a problem beside the model. */
export interface ProblemEvidence {
  readonly measured: readonly MeasuredTime[];
  readonly neighbours: readonly NeighbourVote[];
  readonly incumbent: TilePolicy | undefined;
}

/** All that was handed in. */
export interface Evidence {
  readonly measurements: readonly Measurement[];
  /** Engines' own tuned files. */
  readonly tunedFiles: readonly TunedFile[];
  readonly hasIncumbent: boolean;
  of(problem: TraceProblem): ProblemEvidence;
}

/** What evidence must be about. */
export interface EvidenceTarget {
  readonly device: Device;
  readonly layers: readonly LayerProblem[];
  readonly tp: number;
}

/**
 * Reads the files of measurements, tuned configurations, neighbours and the incumbent.
 *
 * @throws WavetuneError `kernel-input.unreadable-file`, `kernels.bad-measurement`, `kernels.bad-tuned-table`,
 * `replay-tuner.other-device`, `replay-tuner.bad-tuned-file`, `documents.*`
 */
export async function loadEvidence(
  raw: RawKernelOptions,
  target: EvidenceTarget,
): Promise<Evidence> {
  const measurements: Measurement[] = [];
  const tunedFiles: TunedFile[] = [];
  for (const path of raw.measured ?? []) {
    const text = await readText(path);
    if (isTunedFile(text)) tunedFiles.push(readTunedFile(basename(path), text, target.device));
    else measurements.push(...(await loadMeasurements(path, target.device.name)));
  }
  const index =
    raw.neighbours === undefined
      ? undefined
      : buildNeighbourIndex(parseTunedTable(await readText(raw.neighbours)));
  const incumbents =
    raw.incumbent === undefined
      ? []
      : (decodePolicies(await readText(raw.incumbent)).kernels ?? []);
  return {
    measurements,
    tunedFiles,
    hasIncumbent: raw.incumbent !== undefined,
    of({ layer, m, problem }) {
      const own = tunedFiles.flatMap((file) => file.lookUp(problem) ?? []);
      const incumbent = incumbents.find((kernel) => isOf(kernel, { layer, m, problem, target }));
      const published =
        index && neighbourVotes(index, neighbourQueryOf(problem, target.device.engineName));
      return {
        measured: measurements.filter((timed) => sameShape(timed.problem, problem)),
        neighbours: [...own.map((policy) => ({ policy, share: 1 })), ...(published ?? [])],
        incumbent: incumbent && fromPolicyFields(incumbent.policy),
      };
    },
  };
}

function isOf(
  { problem: theirs, M }: KernelPolicy,
  {
    layer,
    m,
    problem,
    target,
  }: Pick<TraceProblem, 'layer' | 'm' | 'problem'> & { readonly target: EvidenceTarget },
): boolean {
  if (M !== m || theirs.role !== layer || theirs.device !== target.device.name) return false;
  if (theirs.dtype !== problem.dtype || theirs.tp !== target.tp) return false;
  return problem.kind === 'dense'
    ? theirs.N === problem.n && theirs.K === problem.k
    : theirs.N === problem.width &&
        theirs.K === problem.hidden &&
        theirs.experts === problem.experts &&
        theirs.top_k === problem.topK &&
        theirs.ep === problem.ep;
}
