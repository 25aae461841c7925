export { checkOutputs } from './check-outputs.ts';
export { ENGINE_OPTION, engineKind, faultOfEngine } from './engine-option.ts';
export { expandFiles, isInStore } from './expand-files.ts';
export { inputsOf } from './inputs-of.ts';
export {
  faultOfLogOptions,
  LOG_OPTIONS,
  type RawLogOptions,
  traceOptionsOf,
} from './log-options.ts';
export { type LogInput, readLogs } from './read-logs.ts';
export { sizeOption } from './size-option.ts';
export { withDeferredEngine } from './with-deferred-engine.ts';
export { withEngine, withLogEngine } from './with-engine.ts';
