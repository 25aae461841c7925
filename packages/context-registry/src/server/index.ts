export { type ContextService, createContextService } from './context-service.ts';
export { createServiceLog, type LogLevel, loggable } from './service-log.ts';
export { checkPlace, type HttpService, logCalls, startHttp } from './start-service.ts';
export { type StdioServer, startStdio } from './start-stdio.ts';
