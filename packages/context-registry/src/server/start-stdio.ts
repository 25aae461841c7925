import type { Readable, Writable } from 'node:stream';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import type { ContextService } from './context-service.ts';
import { type CallWatch, createMcpServer } from './mcp-server.ts';
import { requestLines } from './request-lines.ts';

export interface StdioOptions {
  readonly service: ContextService;
  readonly watch: CallWatch;
  readonly input: Readable;
  readonly output: Writable;
  /** Of one request. */
  readonly bodyLimitBytes: number;
}

/** An MCP server on a pair of streams. */
export interface StdioServer {
  /** Resolves when the client has closed its end, or reads no more. */
  readonly ended: Promise<void>;
  /** What is under way is answered first. */
  readonly close: () => Promise<void>;
}

export async function startStdio(options: StdioOptions): Promise<StdioServer> {
  const { service, watch, input, output, bodyLimitBytes } = options;
  const { server, settle } = createMcpServer(service, watch);
  const lines = requestLines(bodyLimitBytes, (line) => output.write(line));
  // The limit is that of the lines before it; its own would end the connection.
  const maxBufferSize = bodyLimitBytes + 2 ** 20;
  const ended = new Promise<void>((resolve) => {
    lines.once('end', resolve);
    lines.once('close', resolve);
    output.on('error', () => resolve());
  });
  input.pipe(lines);
  await server.connect(new StdioServerTransport(lines, output, { maxBufferSize }));
  return {
    ended,
    close: async () => {
      input.unpipe(lines);
      await settle();
      lines.destroy();
      await server.close();
    },
  };
}
