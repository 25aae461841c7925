import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the server does with one request. */
export type Behaviour =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'slow'; readonly millis: number }
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly headers?: Record<string, string>;
      readonly body?: string;
    }
  | { readonly kind: 'raw'; readonly body: string }
  | { readonly kind: 'half-body' }
  | { readonly kind: 'hang-up' }
  | { readonly kind: 'endless' };

export interface ModelRequest {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: {
    readonly model: string;
    readonly messages: readonly { readonly role: string; readonly content: string }[];
    readonly [key: string]: unknown;
  };
}

/** A local server that speaks Ollama's protocol and OpenAI's, and misbehaves on request. */
export interface ModelServer {
  readonly ollamaUrl: string;
  readonly openaiUrl: string;
  /** In order of arrival, since `behave`. */
  readonly requests: readonly ModelRequest[];
  /** What the next requests get, the last behaviour again and again. */
  behave(...behaviours: readonly [Behaviour, ...Behaviour[]]): void;
  close(): Promise<void>;
}

export async function startModelServer(): Promise<ModelServer> {
  let behaviours: readonly Behaviour[] = [];
  let requests: ModelRequest[] = [];
  const server = createServer(async (request, response) => {
    const behaviour = behaviours[Math.min(requests.length, behaviours.length - 1)];
    const path = request.url ?? '';
    const body = JSON.parse(await bodyOf(request));
    requests.push({ path, authorization: request.headers.authorization, body });
    answer(path, behaviour, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    ollamaUrl: `http://127.0.0.1:${port}`,
    openaiUrl: `http://127.0.0.1:${port}/v1`,
    get requests() {
      return requests;
    },
    behave: (...next) => {
      behaviours = next;
      requests = [];
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts).toString('utf8');
}

function answer(path: string, behaviour: Behaviour, response: ServerResponse): void {
  switch (behaviour.kind) {
    case 'text':
      response.end(envelope(path, behaviour.text));
      return;
    case 'slow':
      setTimeout(() => response.end(envelope(path, '{}')), behaviour.millis).unref();
      return;
    case 'status':
      response
        .writeHead(behaviour.status, behaviour.headers)
        .end(behaviour.body ?? '{"error":"busy\\nor not"}');
      return;
    case 'raw':
      response.end(behaviour.body);
      return;
    case 'half-body':
      response.writeHead(200, { 'content-length': 1000 });
      response.write('{"message":', () => response.destroy());
      return;
    case 'hang-up':
      response.destroy();
      return;
    case 'endless':
      pour(response);
  }
}

function pour(response: ServerResponse): void {
  if (response.destroyed) return;
  response.write('x'.repeat(65_536), () => setImmediate(() => pour(response)));
}

/** What each protocol puts around a model's text; 700 tokens in, 50 out. */
function envelope(path: string, text: string): string {
  const message = { role: 'assistant', content: text };
  if (path === '/api/chat') {
    return JSON.stringify({ message, done: true, prompt_eval_count: 700, eval_count: 50 });
  }
  if (path !== '/v1/chat/completions') return JSON.stringify({ error: `no such path ${path}` });
  return JSON.stringify({
    choices: [{ index: 0, message, finish_reason: 'stop' }],
    usage: { prompt_tokens: 700, completion_tokens: 50, total_tokens: 750 },
  });
}
