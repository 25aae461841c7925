import type { CacheComparison, CacheReplay, Policies, WaveSpec } from '@wavetune/documents';
import type { Manifest } from './manifest.ts';
import type { QuarantineSummary } from './quarantine.ts';

/** The documents of a run folder by what they are, under the names that `bin/report` looks for. */
export const RUN_FILES = {
  manifest: 'manifest.json',
  wavespec: 'wavespec.json',
  replay: 'cache-replay.json',
  lruCurve: 'lru-curve.json',
  ttlCurve: 'ttl-curve.json',
  tiers: 'tiers.json',
  policies: 'policies.json',
  comparison: 'comparison.json',
  quarantine: 'quarantine.jsonl',
} as const;

/** Which documents a run has; those that are missing are undefined. */
export interface RunDocuments {
  /** The name of the folder: usually the day. */
  readonly name: string;
  readonly manifest: Manifest | undefined;
  readonly wavespec: WaveSpec | undefined;
  /** Why there is no wavespec, where a file of that name says something else. */
  readonly wavespecAbsence: string | undefined;
  readonly replay: CacheReplay | undefined;
  readonly lruCurve: CacheReplay | undefined;
  readonly ttlCurve: CacheReplay | undefined;
  readonly tiers: CacheReplay | undefined;
  readonly policies: Policies | undefined;
  readonly comparison: CacheComparison | undefined;
  readonly quarantine: QuarantineSummary | undefined;
  /** Files that `policies` names, in its order. */
  readonly files: readonly RunFile[];
}

/** A file that a document of the run names. */
export interface RunFile {
  /** As the document has it: relative to the run folder. */
  readonly path: string;
  /** Null where it is not in the folder. */
  readonly bytes: number | null;
  /** Its first characters, where it was read. */
  readonly text: string | null;
  /** Why it was not, or was cut; empty where all of it is shown. */
  readonly note: string;
}
