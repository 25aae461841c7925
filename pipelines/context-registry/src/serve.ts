import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { defineCommand } from '@wavetune/cli';
import { pipelineError } from './context-registry-errors.ts';
import { durationOption } from './durations.ts';
import { bodyLimitOf, checkServiceOptions, SERVICE_OPTIONS } from './service-options.ts';

/** Answers over HTTP, MCP's streamable HTTP among it, until it is told to stop. The modules of servers are loaded by it alone. */
export const serve = defineCommand({
  name: 'serve',
  summary: 'Serves HTTP, and MCP at /mcp, until SIGTERM.',
  options: {
    ...SERVICE_OPTIONS,
    host: {
      type: 'string',
      default: '127.0.0.1',
      describe: 'Address to listen on; others than this machine need --token-file',
    },
    port: { type: 'number', default: 8090, describe: 'HTTP; 0 takes a free one' },
    'token-file': { type: 'string', describe: 'File with the bearer token that callers must send' },
    'legacy-metrics': {
      type: 'boolean',
      default: false,
      describe: 'Metrics under the names contextforge_* as well',
    },
    grace: {
      type: 'string',
      default: '10s',
      describe: 'What requests under way may take at the end',
    },
  },
  examples: [
    ['$0 --model qwen3-8b --memory 40GiB', 'on this machine alone, http://127.0.0.1:8090'],
    [
      '$0 --model qwen3-8b --host 0.0.0.0 --token-file token --snapshot contexts.snapshot',
      'for others who hold the token; contexts outlive a restart',
    ],
  ],
  check: checkServiceOptions,
  run: async (options, session) => {
    const { checkPlace, createServiceLog, startHttp } = await import(
      '@wavetune/context-registry/server'
    );
    const { openService } = await import('./open-service.ts');
    const log = createServiceLog(options['log-level'], process.stderr);
    const { host, port, 'token-file': tokenFile } = options;
    const place = {
      host,
      port,
      ...(tokenFile !== undefined && { token: await readToken(tokenFile) }),
    };
    const bodyLimitBytes = bodyLimitOf(options);
    const graceMillis = durationOption('grace', options.grace);
    await checkPlace(place);
    const open = await openService(options, log);
    let wasReached = false;
    try {
      const http = await startHttp({
        ...place,
        service: open.service,
        bodyLimitBytes,
        withLegacyMetrics: options['legacy-metrics'],
        graceMillis,
        log,
      });
      wasReached = true;
      session.print(`listening  http://${urlHost(host)}:${http.port}, MCP at /mcp`);
      session.print(`ready      ${open.restored} contexts, pressure from ${open.pressureFrom}`);
      if (!session.signal.aborted) await once(session.signal, 'abort');
      session.note('stopping: what is under way is answered first');
      await http.close();
    } finally {
      await open.close(wasReached);
    }
  },
});

async function readToken(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw pipelineError('context-files.unreadable', { path, reason: cause.message }, { cause });
  });
  return text.trim();
}

function urlHost(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
