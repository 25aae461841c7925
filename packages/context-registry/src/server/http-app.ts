import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import fastify, { type FastifyError, type FastifyInstance, type FastifyRequest } from 'fastify';
import {
  hasZodFastifySchemaValidationErrors,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod';
import type { ServiceMetrics } from '../metrics/service-metrics.ts';
import { CALLS } from './calls.ts';
import type { ContextService } from './context-service.ts';
import { answerOf, type FailureAnswer } from './failure-answer.ts';
import type { Gate } from './gate.ts';
import { type CallWatch, createMcpServer } from './mcp-server.ts';
import { serviceError } from './service-errors.ts';
import { toWire } from './wire.ts';

/** What the HTTP side stands on. */
export interface HttpParts {
  readonly service: ContextService;
  readonly metrics: ServiceMetrics;
  readonly gate: Gate;
  readonly watch: CallWatch;
  readonly bodyLimitBytes: number;
}

/** Long enough for the largest accepted body over a slow line. */
const REQUEST_TIMEOUT_MILLIS = 60_000;
const MOST_ISSUES = 8;
/** Anyone may ask whether the process lives. */
const HEALTH = '/healthz';

/** The service over HTTP: ready to listen, or to be asked in process. */
export async function createHttpApp(parts: HttpParts): Promise<FastifyInstance> {
  const app = fastify({
    logger: false,
    bodyLimit: parts.bodyLimitBytes,
    requestTimeout: REQUEST_TIMEOUT_MILLIS,
    forceCloseConnections: 'idle',
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(() => JSON.stringify);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer' },
    async (_: FastifyRequest, body: Buffer) => parseJson(body),
  );
  addHooks(app, parts);
  addFailures(app, parts);
  addRoutes(app, parts);
  addMcp(app, parts);
  await app.ready();
  return app;
}

/** A body that is not UTF-8 would otherwise come in as replacement characters. */
function parseJson(body: Buffer): unknown {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch (cause) {
    throw serviceError('service.bad-encoding', {}, { cause });
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw serviceError('service.bad-json', {}, { cause });
  }
}

function addHooks(app: FastifyInstance, { gate, watch }: HttpParts): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-content-type-options', 'nosniff').header('cache-control', 'no-store');
    if (nameOf(request) === HEALTH) return;
    const { authorization, origin } = request.headers;
    gate({ authorization, origin, host: request.hostname });
  });
  let isClosing = false;
  app.addHook('preClose', async () => {
    isClosing = true;
  });
  app.addHook('onSend', async (_, reply) => {
    // A connection that stays open after its answer would hold up the end of the service.
    if (isClosing) reply.header('connection', 'close');
  });
  app.addHook('onResponse', async (request, reply) => {
    watch.onCall(nameOf(request), reply.statusCode, reply.elapsedTime);
  });
}

function addFailures(app: FastifyInstance, { watch, bodyLimitBytes }: HttpParts): void {
  app.setNotFoundHandler((_, reply) => {
    const message = `there is no such call; there are ${CALLS.map(({ path }) => path).join(', ')}, /snapshot, /stats, /metrics, /healthz and /mcp`;
    return reply.code(404).send({ error: { code: 'service.no-such-call', message } });
  });
  app.setErrorHandler((failure: FastifyError, request, reply) => {
    const answer = frameworkAnswer(failure, bodyLimitBytes) ?? answerOf(failure);
    if (answer.status === 500) watch.onFailure(nameOf(request), failure);
    return reply.code(answer.status).send(answer.body);
  });
}

/** The answer to what Fastify refused by itself. */
function frameworkAnswer(failure: FastifyError, limitBytes: number): FailureAnswer | undefined {
  if (hasZodFastifySchemaValidationErrors(failure)) {
    const issues = failure.validation.slice(0, MOST_ISSUES).map(({ instancePath, message }) => ({
      at: instancePath.slice(1).replaceAll('/', '.') || 'request',
      reason: message ?? 'not accepted',
    }));
    return answerOf(serviceError('service.bad-request', { issues }));
  }
  const { statusCode: status, code, message } = failure;
  if (status === 413) return answerOf(serviceError('service.too-large', { limitBytes }));
  if (status === undefined || status < 400 || status >= 500) return undefined;
  const named = (code ?? 'refused').replace(/^FST_ERR_(CTP_)?/, '').toLowerCase();
  return { status, body: { error: { code: `http.${named.replaceAll('_', '-')}`, message } } };
}

function addRoutes(app: FastifyInstance, { service, metrics }: HttpParts): void {
  const typed = app.withTypeProvider<ZodTypeProvider>();
  for (const { path, schema, answer } of CALLS) {
    typed.post(path, { schema: { body: schema } }, ({ body }) => answer(service, body));
  }
  app.post('/snapshot', async () => toWire(await service.snapshot()));
  app.get('/stats', async () => toWire(service.stats()));
  app.get(HEALTH, async () => ({ status: 'ok' }));
  app.get('/metrics', async (_, reply) =>
    reply.type(metrics.contentType).send(await metrics.render()),
  );
}

/**
 * MCP's streamable HTTP, without sessions: every request has a server of its own, since all state is the registry's. So a
 * client survives a restart of the service, and there is no stream to listen on.
 */
function addMcp(app: FastifyInstance, { service, watch }: HttpParts): void {
  app.post('/mcp', async (request, reply) => {
    const { server } = createMcpServer(service, watch);
    const transport = new StreamableHTTPServerTransport({ enableJsonResponse: true });
    reply.hijack();
    reply.raw.once('close', () => void server.close());
    await server.connect(transport as Parameters<typeof server.connect>[0]);
    await transport.handleRequest(request.raw, reply.raw, request.body);
  });
  app.route({
    method: ['GET', 'DELETE'],
    url: '/mcp',
    handler: (_, reply) => {
      const message = 'there are no sessions and no stream here; POST answers each request';
      return reply
        .code(405)
        .header('allow', 'POST')
        .send({ error: { code: 'service.no-session', message } });
    },
  });
}

function nameOf({ routeOptions }: FastifyRequest): string {
  return routeOptions.url ?? 'other';
}
