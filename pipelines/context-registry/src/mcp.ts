import { once } from 'node:events';
import { defineCommand } from '@wavetune/cli';
import { bodyLimitOf, checkServiceOptions, SERVICE_OPTIONS } from './service-options.ts';

/** Speaks MCP with the one program that started it. */
export const mcp = defineCommand({
  name: 'mcp',
  summary: 'Serves MCP over standard input and output until the client closes it.',
  options: SERVICE_OPTIONS,
  examples: [
    ['$0 --model qwen3-8b', 'as the command of an MCP client; the registry lives as long as it'],
    ['$0 --model qwen3-8b --snapshot contexts.snapshot', 'what is registered outlives the client'],
  ],
  check: checkServiceOptions,
  run: async (options, { signal }) => {
    const { createServiceLog, logCalls, startStdio } = await import(
      '@wavetune/context-registry/server'
    );
    const { openService } = await import('./open-service.ts');
    const log = createServiceLog(options['log-level'], process.stderr);
    const bodyLimitBytes = bodyLimitOf(options);
    const open = await openService(options, log);
    // A client that is gone would otherwise end the process before what it registered is kept.
    process.stdout.removeAllListeners('error');
    const server = await startStdio({
      service: open.service,
      watch: logCalls(log),
      input: process.stdin,
      output: process.stdout,
      bodyLimitBytes,
    });
    log.info({ restored: open.restored, pressureFrom: open.pressureFrom }, 'ready');
    try {
      await Promise.race([server.ended, signal.aborted ? undefined : once(signal, 'abort')]);
    } finally {
      await server.close();
      await open.close(true);
    }
  },
});
