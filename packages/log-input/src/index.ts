export { checkOutputs } from './check-outputs.ts';
export { expandFiles } from './expand-files.ts';
export {
  faultOfLogOptions,
  LOG_OPTIONS,
  type RawLogOptions,
  traceOptionsOf,
} from './log-options.ts';
export { type LogInput, readLogs } from './read-logs.ts';
export { sizeOption } from './size-option.ts';
export { withDeferredEngine } from './with-deferred-engine.ts';
export { withEngine } from './with-engine.ts';
