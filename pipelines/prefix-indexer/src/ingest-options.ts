import { MODEL_OPTIONS } from '@wavetune/cache-sizing';
import type { OptionsOf, OptionTable } from '@wavetune/cli';
import {
  ENGINE_OPTION,
  faultOfEngine,
  faultOfLogOptions,
  isInStore,
  LOG_OPTIONS,
} from '@wavetune/log-input';
import { WEIGHTS } from '@wavetune/prefix-index';
import { KV_EVENTS } from '@wavetune/trace';
import { STORE_OPTIONS } from './store-options.ts';

/** The command line of `prefix-indexer ingest`. */
export const INGEST_OPTIONS = {
  files: {
    type: 'string',
    array: true,
    demandOption: true,
    describe: 'Files or globs of prefix events, request traces or KV events; plain, .gz or .zst',
  },
  ...STORE_OPTIONS,
  'half-life': {
    type: 'string',
    describe: 'In which a score halves: 1h; a store keeps what it was made with',
    defaultDescription: '1h for a new store',
  },
  weight: {
    type: 'string',
    choices: WEIGHTS,
    describe: 'What an event weighs in a score; a store keeps what it was made with',
    defaultDescription: 'bytes for a new store',
  },
  ...LOG_OPTIONS,
  format: { ...LOG_OPTIONS.format, choices: [...LOG_OPTIONS.format.choices, KV_EVENTS] },
  ...ENGINE_OPTION,
  ...MODEL_OPTIONS,
  'model-id': {
    type: 'string',
    default: 'default',
    describe: 'Request traces and KV events: the model that they are of',
  },
  'as-tenant': {
    type: 'string',
    default: 'default',
    describe: 'KV events: the tenant they are of',
  },
  'batch-id': {
    type: 'string',
    describe: 'What makes the one file known when it comes again; what lies in a store needs it',
    defaultDescription: 'its digest',
  },
  json: { type: 'boolean', default: false, describe: 'What became of each file, as JSON' },
} as const satisfies OptionTable;

export type IngestOptions = OptionsOf<typeof INGEST_OPTIONS>;

/** What is wrong with the options, or nothing. */
export function faultOf(raw: IngestOptions): string | undefined {
  const { 'batch-id': batchId, files, engine, format } = raw;
  const [file] = files;
  if (batchId !== undefined && (files.length > 1 || (!isInStore(file) && /[*?[{]/.test(file)))) {
    return '--batch-id names one batch, so it takes one file';
  }
  if (engine !== undefined && format === KV_EVENTS) {
    return `--engine does not read ${KV_EVENTS}, whose files are read here; leave it out`;
  }
  const place = files.find(isInStore);
  if (place !== undefined && batchId === undefined) {
    return `${place} has no digest to know it by; say with --batch-id what it holds, such as 2026-11-20`;
  }
  return faultOfEngine(engine) ?? faultOfLogOptions(raw);
}
