import { encodeWaveSpec } from '../wavespec/wave-spec.ts';
import type { ExportFormat } from './export-format.ts';

export const jsonFormat: ExportFormat = {
  name: 'json',
  summary: 'wavespec/1 itself',
  encode: (spec) => encodeWaveSpec(spec),
};
