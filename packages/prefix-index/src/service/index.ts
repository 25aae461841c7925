export type { Action, Caller, Token } from './access.ts';
export { openIndexThread } from './index-thread.ts';
export type { ServedIndex } from './served-index.ts';
export { serviceError } from './service-errors.ts';
export { createServiceLog, type LogLevel, loggable } from './service-log.ts';
export {
  type Service,
  type ServiceLimits,
  type ServiceOptions,
  startService,
} from './start-service.ts';
export type { IndexThreadOptions } from './thread-calls.ts';
export { readTokenFile } from './token-file.ts';
