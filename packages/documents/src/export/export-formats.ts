import { bstackFormat } from './bstack.ts';
import type { ExportFormat } from './export-format.ts';
import { getPlanFormat } from './get-plan.ts';
import { jsonFormat } from './json.ts';
import { protoJsonFormat } from './proto-json.ts';

/** Every form that a wavespec can be written in; the first is the default. */
export const EXPORT_FORMATS: readonly ExportFormat[] = [
  jsonFormat,
  protoJsonFormat,
  getPlanFormat,
  bstackFormat,
];
