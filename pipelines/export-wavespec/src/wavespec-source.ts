import type { WaveSpec } from '@wavetune/documents';
import type { ReadTrace } from '@wavetune/ingest';
import type { RawOptions } from './options.ts';
import type { Settings } from './settings.ts';
import type { TraceShapeResult } from './shape-trace.ts';

/** All that a document is made of. */
export interface WaveSpecSource {
  readonly inputs: WaveSpec['meta']['inputs'];
  readonly trace: ReadTrace;
  readonly shape: TraceShapeResult;
  readonly settings: Settings;
  readonly raw: RawOptions;
  /** Of one page, where anyone said. */
  readonly pageBytes: number | undefined;
}
