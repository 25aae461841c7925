import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyRequest,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { z } from 'zod';
import { type Caller, permit } from './access.ts';
import {
  entryList,
  explanation,
  failure,
  feedbackReceipt,
  health,
  ingestReceipt,
  snapshotReceipt,
  suggestion,
} from './answer-schemas.ts';
import type { ServiceCalls } from './calls.ts';
import { WHOLE_INDEX_COST } from './rate-limit.ts';
import {
  explainQuestion,
  feedbackBody,
  ingestBody,
  listQuestion,
  suggestQuestion,
} from './request-schemas.ts';
import type { ServiceMetrics } from './service-metrics.ts';

/** A Fastify instance whose handlers know their schemas' types. */
type TypedApp = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  ZodTypeProvider
>;

/** What the gate knows of a route. */
export interface RouteTerms {
  /** Its name in metrics and logs. */
  readonly call: string;
  /** In plain questions; what reads the whole index costs more. */
  readonly cost: number;
}

/** Whether the service takes requests. */
export type ServicePhase = 'starting' | 'ready' | 'stopping';

export interface RouteParts {
  readonly calls: ServiceCalls;
  readonly metrics: ServiceMetrics;
  readonly phase: () => ServicePhase;
}

const JSON_TYPE = 'application/json; charset=utf-8';

/** What anyone may ask: whether the process lives, and whether it takes requests. */
export function addPublicRoutes(app: TypedApp, { phase }: Pick<RouteParts, 'phase'>): void {
  app.get('/healthz', { schema: describe('The process lives', { 200: health }) }, () => ({
    status: 'ok' as const,
  }));
  app.get(
    '/readyz',
    { schema: describe('It takes requests', { 200: health, 503: health }) },
    (_, reply) => {
      const status = phase();
      return reply.code(status === 'ready' ? 200 : 503).send({ status });
    },
  );
}

export function addCallRoutes(app: TypedApp, { calls, metrics }: RouteParts): void {
  app.post(
    '/ingest',
    {
      config: terms('ingest'),
      schema: {
        ...describe('Takes a batch of events; 202 when it is durable', { 202: ingestReceipt }),
        body: ingestBody,
      },
      validatorCompiler: leaveToIndex,
    },
    async (request, reply) => {
      const work = calls.ingest(callerOf(request), bytesOf(request));
      request.setDecorator('work', work);
      const { receipt, events } = await work;
      const isRefused = receipt.refused.length > 0 && receipt.refused.length === events;
      return reply.code(isRefused ? 422 : 202).send(receipt);
    },
  );
  app.post(
    '/feedback',
    {
      config: terms('feedback'),
      schema: {
        ...describe('Takes what became of hints; 202 when it is durable', { 202: feedbackReceipt }),
        body: feedbackBody,
      },
      validatorCompiler: leaveToIndex,
    },
    async (request, reply) => {
      const work = calls.feedback(callerOf(request), bytesOf(request));
      request.setDecorator('work', work);
      return reply.code(202).send(await work);
    },
  );
  addQuestionRoutes(app, calls);
  app.post(
    '/snapshot',
    {
      config: terms('snapshot', WHOLE_INDEX_COST),
      schema: describe('Writes into the store what the log holds', { 200: snapshotReceipt }),
    },
    (request) => calls.snapshot(callerOf(request)),
  );
  app.get(
    '/metrics',
    {
      config: terms('metrics'),
      schema: { summary: 'Prometheus metrics', produces: ['text/plain'] },
    },
    async (request, reply) => {
      permit(callerOf(request), 'admin');
      return reply.type(metrics.contentType).send(await metrics.render());
    },
  );
}

function addQuestionRoutes(app: TypedApp, calls: ServiceCalls): void {
  app.get(
    '/suggest',
    {
      config: terms('suggest'),
      schema: {
        ...describe('Prefixes to warm, the best first', { 200: suggestion }),
        querystring: suggestQuestion,
      },
    },
    async (request, reply) => {
      const { bytes, letGo } = await calls.suggest(callerOf(request), request.query);
      reply.raw.once('close', letGo);
      return reply.type(JSON_TYPE).send(bytes);
    },
  );
  app.get(
    '/explain',
    {
      config: terms('explain', WHOLE_INDEX_COST),
      schema: {
        ...describe('Why a prefix is suggested or is not', { 200: explanation }),
        querystring: explainQuestion,
      },
    },
    async (request, reply) =>
      reply.type(JSON_TYPE).send(await calls.explain(callerOf(request), request.query)),
  );
  app.get(
    '/snapshot',
    {
      config: terms('list', WHOLE_INDEX_COST),
      schema: {
        ...describe('What the index holds, in order of first appearance', { 200: entryList }),
        querystring: listQuestion,
      },
    },
    async (request, reply) =>
      reply.type(JSON_TYPE).send(await calls.list(callerOf(request), request.query)),
  );
}

function terms(call: string, cost = 1): RouteTerms {
  return { call, cost };
}

/** Answers are built by the index and written as they are; their schemas document them. */
function describe(
  summary: string,
  answers: Readonly<Record<number, z.ZodType>>,
): { readonly summary: string; readonly response: Readonly<Record<string, unknown>> } {
  return { summary, response: { ...answers, '4xx': failure, '5xx': failure } };
}

/** A body is read where the index is, beside other work there; its schema documents it. */
function leaveToIndex(): () => true {
  return () => true;
}

/** The body of a request, as it was sent, in memory of its own: it goes to another thread with all that is beside it there. */
function bytesOf({ body }: FastifyRequest): Uint8Array {
  if (!(body instanceof Uint8Array)) return new Uint8Array();
  return body.byteLength === body.buffer.byteLength ? body : new Uint8Array(body);
}

/** What is done for a request; nothing yet, or no more than reading, where it is absent. */
export function workOf(request: FastifyRequest): Promise<unknown> | null {
  return request.getDecorator<Promise<unknown> | null>('work');
}

/** The caller that the gate let in. */
function callerOf(request: FastifyRequest): Caller {
  return request.getDecorator<Caller>('caller');
}
