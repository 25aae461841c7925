import { documentsError } from '../documents-errors.ts';
import type { AnyWaveSpec, WaveSpec } from '../wavespec/wave-spec.ts';
import { isWaveSpec } from '../wavespec/wave-spec.ts';

/** What a planner must be told that a trace does not say. */
export interface ExportOptions {
  /** Node that fetches. */
  readonly node: string;
  readonly tenant: string;
  readonly modelVersion: string;
  /** Storage → host, in 10^9 bytes a second; sets the fill times and the bandwidth caps. */
  readonly gigabytesPerSecond: number;
  /** The planner's window. */
  readonly windowMillis: number;
}

/** Chosen: one node, one tenant, the planner's own 20 ms window, and the 32 GB/s of a PCIe 4.0 x16 link. */
export const EXPORT_DEFAULTS: ExportOptions = {
  node: 'n0',
  tenant: 'default',
  modelVersion: 'v1',
  gigabytesPerSecond: 32,
  windowMillis: 20,
};

/** A form that a wavespec can be written in. */
export interface ExportFormat {
  readonly name: string;
  /** Who reads it; one line for `--help`. */
  readonly summary: string;
  /**
   * The whole file, in parts; canonical JSON.
   *
   * @throws WavetuneError `documents.invalid` for a broken document, `documents.cannot-export` where it lacks what the
   * consumer needs.
   */
  encode(spec: AnyWaveSpec, options: ExportOptions): Iterable<string>;
}

/** @throws WavetuneError `documents.cannot-export` for a datajax document, which has neither blocks nor waves. */
export function requireWaveSpec(spec: AnyWaveSpec, format: string): WaveSpec {
  if (isWaveSpec(spec)) return spec;
  throw documentsError('documents.cannot-export', {
    format,
    lacks: 'waves, page bytes and times; --prefix-mode datajax keeps none of them',
  });
}
