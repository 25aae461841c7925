import { setImmediate } from 'node:timers/promises';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import {
  CallToolRequestSchema,
  type CallToolResult,
  ListToolsRequestSchema,
  type Tool,
} from '@modelcontextprotocol/sdk/types.js';
import { WAVETUNE_VERSION } from '@wavetune/core';
import { z } from 'zod';
import { CALLS, type Call, parseQuestion } from './calls.ts';
import type { ContextService } from './context-service.ts';
import { answerOf } from './failure-answer.ts';
import { serviceError } from './service-errors.ts';

const TOOLS = CALLS.filter(({ isTool }) => isTool);

const INSTRUCTIONS =
  'Register each agent’s context once, then ask how much of a prompt is shared. Only `exact` is reusable KV; `advisory`, `neighbours` and `reordering` are advice.';

/** What is told of a call that failed or was slow; contents never are. */
export interface CallWatch {
  readonly onCall: (call: string, status: number, tookMillis: number) => void;
  readonly onFailure: (call: string, failure: unknown) => void;
}

/** A server of one connection. */
export interface McpSide {
  readonly server: Server;
  /** Resolves when every call has its answer. */
  readonly settle: () => Promise<void>;
}

/**
 * An MCP server over the service, for one transport. A tool that fails answers with its coded error as the tool's result,
 * so that the model which called it can read it.
 */
export function createMcpServer(service: ContextService, watch: CallWatch): McpSide {
  const server = new Server(
    { name: 'context-registry', version: WAVETUNE_VERSION },
    { capabilities: { tools: {} }, instructions: INSTRUCTIONS },
  );
  server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: TOOLS.map(toTool) }));
  const underWay = new Set<Promise<CallToolResult>>();
  server.setRequestHandler(CallToolRequestSchema, async ({ params }) => {
    const result = callTool(service, watch, params.name, params.arguments ?? {});
    underWay.add(result);
    result.finally(() => underWay.delete(result));
    return result;
  });
  return {
    server,
    settle: async () => {
      // A request that has just been read is a call a turn later.
      await setImmediate();
      while (underWay.size > 0) {
        await Promise.all(underWay);
        await setImmediate();
      }
    },
  };
}

function toTool({ name, summary, schema, isReading }: Call): Tool {
  return {
    name,
    description: summary,
    inputSchema: z.toJSONSchema(schema, { io: 'input' }) as Tool['inputSchema'],
    annotations: { readOnlyHint: isReading, destructiveHint: name === 'clear_context' },
  };
}

async function callTool(
  service: ContextService,
  watch: CallWatch,
  name: string,
  body: unknown,
): Promise<CallToolResult> {
  const startMillis = performance.now();
  const call = TOOLS.find((tool) => tool.name === name);
  // A name that a caller made up is none for logs, and would be a new series of metrics each time.
  const known = call?.name ?? 'other';
  const told = (status: number): void =>
    watch.onCall(known, status, performance.now() - startMillis);
  try {
    if (call === undefined) {
      const names = TOOLS.map((tool) => tool.name);
      throw serviceError('service.unknown-tool', { found: name, known: names });
    }
    const answer = await call.answer(service, parseQuestion(call, body));
    told(200);
    return toResult(answer as Record<string, unknown>, false);
  } catch (failure) {
    const { status, body: said } = answerOf(failure);
    if (status === 500) watch.onFailure(known, failure);
    told(status);
    return toResult(said, true);
  }
}

/** Clients of before structured content read the text. */
function toResult(content: Record<string, unknown>, isError: boolean): CallToolResult {
  const text = JSON.stringify(content);
  return { content: [{ type: 'text', text }], structuredContent: content, isError };
}
