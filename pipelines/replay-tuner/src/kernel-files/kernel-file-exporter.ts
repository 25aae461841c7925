import type { Model } from '@wavetune/catalog';
import type { KernelTuning } from '../kernels/tune-kernels.ts';

/** A file for an engine, its name relative to the engine's folder, with `/`. */
export interface KernelFile {
  readonly name: string;
  readonly text: string;
}

/** What is written for one engine, and what its user must know. */
export interface KernelFiles {
  readonly files: readonly KernelFile[];
  /** Sentences; at least one where no file is written. */
  readonly notes: readonly string[];
}

/** One engine or tool that tuned kernels are written for. */
export interface KernelFileExporter {
  /** As on a command line. */
  readonly option: string;
  /** Who reads the files; one line. */
  readonly summary: string;
  /** @param catalogue - Models whose files could bear the same names. */
  filesOf(tuning: KernelTuning, catalogue: readonly Model[]): Promise<KernelFiles>;
}
