import fastify, { type FastifyError, type FastifyInstance, type FastifyRequest } from 'fastify';
import {
  hasZodFastifySchemaValidationErrors,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod';
import type { Logger } from 'pino';
import { answerOf, type FailureAnswer } from './failure-status.ts';
import { enter, type Gate } from './gate.ts';
import { addDocs } from './http-docs.ts';
import {
  addCallRoutes,
  addPublicRoutes,
  type RouteParts,
  type RouteTerms,
  workOf,
} from './http-routes.ts';
import { badRequest } from './read-body.ts';
import { loggable } from './service-log.ts';

/** What the HTTP side stands on. */
export interface HttpParts extends RouteParts {
  readonly gate: Gate;
  readonly log: Logger;
}

export type HttpApp = FastifyInstance;

const REQUEST_TIMEOUT_MILLIS = 15_000;

/** The service over HTTP: ready to listen, or to be asked in process. */
export async function createHttpApp(parts: HttpParts): Promise<HttpApp> {
  const app = fastify({
    logger: false,
    bodyLimit: parts.gate.bodyLimitBytes,
    requestTimeout: REQUEST_TIMEOUT_MILLIS,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 64 },
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(() => JSON.stringify);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer' },
    async (_: FastifyRequest, body: Buffer) => body,
  );
  app.decorateRequest('caller', null);
  app.decorateRequest('work', null);
  addHooks(app, parts);
  addFailures(app, parts);
  await addDocs(app);
  const typed = app.withTypeProvider<ZodTypeProvider>();
  addPublicRoutes(typed, parts);
  addCallRoutes(typed, parts);
  await app.ready();
  return app;
}

function addHooks(app: FastifyInstance, { gate, metrics, log, phase }: HttpParts): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-content-type-options', 'nosniff').header('cache-control', 'no-store');
    const { call, cost = 1 } = termsOf(request);
    if (call === undefined) return;
    const { authorization } = request.headers;
    request.setDecorator('caller', enter(gate, { authorization, host: request.hostname, cost }));
    if (request.method === 'POST') {
      const leave = gate.admission.enter(announcedBytes(request, gate.bodyLimitBytes));
      // What is done for a caller who has hung up goes on, and its body is held until then.
      reply.raw.once('close', () => Promise.allSettled([workOf(request)]).then(leave));
    }
  });
  app.addHook('onSend', async (_, reply) => {
    // A connection that stays open after its answer would hold up the end of the service.
    if (phase() === 'stopping') reply.header('connection', 'close');
  });
  app.addHook('onResponse', async (request, reply) => {
    const call = termsOf(request).call ?? 'other';
    const { statusCode: status, elapsedTime: tookMillis } = reply;
    metrics.countRequest('http', call, status);
    log.debug({ call, status, tookMillis }, 'answered');
  });
}

/** Of a route that is not there, and of the documentation's, nothing is known. */
function termsOf(request: FastifyRequest): Partial<RouteTerms> {
  return request.routeOptions.config as Partial<RouteTerms>;
}

/** A body whose length is not announced may be as long as is accepted. */
function announcedBytes({ headers }: FastifyRequest, limitBytes: number): number {
  const announced = Number(headers['content-length'] ?? limitBytes);
  return Number.isSafeInteger(announced) ? Math.min(announced, limitBytes) : limitBytes;
}

function addFailures(app: FastifyInstance, { log }: HttpParts): void {
  app.setNotFoundHandler((_, reply) => {
    const message = 'there is no such call; /docs lists them';
    return reply.code(404).send({ error: { code: 'service.no-such-call', message } });
  });
  app.setErrorHandler((failure: FastifyError, request, reply) => {
    const answer = frameworkAnswer(failure) ?? answerOf(failure);
    if (answer.status >= 500) {
      const call = termsOf(request).call ?? 'other';
      log.error({ call, status: answer.status, failure: loggable(failure) }, 'failed');
    }
    if (answer.retryAfterMillis !== undefined) {
      reply.header('retry-after', Math.ceil(answer.retryAfterMillis / 1000));
    }
    return reply.code(answer.status).send(answer.body);
  });
}

/** The answer to what Fastify refused by itself. */
function frameworkAnswer(failure: FastifyError): FailureAnswer | undefined {
  if (hasZodFastifySchemaValidationErrors(failure)) {
    const issues = failure.validation.map(({ instancePath, message = 'not accepted' }) => ({
      at: instancePath.slice(1).replaceAll('/', '.') || (failure.validationContext ?? 'request'),
      reason: message,
    }));
    return answerOf(badRequest(issues));
  }
  const { statusCode, code, message } = failure;
  if (statusCode === undefined || statusCode < 400 || statusCode >= 500) return undefined;
  const named = (code ?? 'refused').replace(/^FST_ERR_(CTP_)?/, '').toLowerCase();
  const body = { error: { code: `http.${named.replaceAll('_', '-')}`, message } };
  return { status: statusCode, grpcStatus: 3, body };
}
