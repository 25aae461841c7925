import { join } from 'node:path';
import {
  Metadata,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServerWritableStream,
  type ServiceDefinition,
  type sendUnaryData,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { load } from '@grpc/proto-loader';
import type { Logger } from 'pino';
import type { Caller } from './access.ts';
import type { ServiceCalls } from './calls.ts';
import { answerOf } from './failure-status.ts';
import { enter, type Gate } from './gate.ts';
import {
  explainQuestionOf,
  type Message,
  partOf,
  questionOf,
  toExplanationMessage,
  toSuggestionMessage,
} from './grpc-messages.ts';
import { WHOLE_INDEX_COST } from './rate-limit.ts';
import { checkRequest } from './read-body.ts';
import { feedbackBody, ingestBody } from './request-schemas.ts';
import { serviceError } from './service-errors.ts';
import { loggable } from './service-log.ts';
import type { ServiceMetrics } from './service-metrics.ts';
import type { HeldText } from './text-rooms.ts';
import { watchHints } from './watch-hints.ts';

/** What the gRPC side stands on. */
export interface GrpcParts {
  readonly calls: ServiceCalls;
  readonly gate: Gate;
  readonly metrics: ServiceMetrics;
  readonly log: Logger;
}

export interface GrpcServer {
  /** @returns The port; one that is free for 0. */
  readonly listen: (host: string, port: number) => Promise<number>;
  /** Ends the streams, waits for what is under way, at most `graceMillis`. */
  readonly close: (graceMillis: number) => Promise<void>;
}

const SERVICE = 'wavetune.prefix.v1.PrefixIndex';
const MOST_WATCHERS = 256;
const INTERVAL_MILLIS = 100;
const MOST_INTERVAL_MILLIS = 3_600_000;
/** Chosen: an event takes about so many bytes on the wire. */
const EVENT_BYTES = 128;

type Unary = ServerUnaryCall<Message, Message>;
type Stream = ServerWritableStream<Message, Message>;

/** The service over gRPC, without encryption: before a network, a proxy ends TLS. */
export async function createGrpcServer(parts: GrpcParts): Promise<GrpcServer> {
  const definition = await load(join(import.meta.dirname, 'prefix-index.proto'), {
    keepCase: true,
    longs: Number,
    defaults: true,
    arrays: true,
    objects: false,
    oneofs: false,
  });
  const server = new Server({
    'grpc.max_receive_message_length': parts.gate.bodyLimitBytes,
    'grpc.max_send_message_length': -1,
  });
  const streams = new Set<Stream>();
  server.addService(definition[SERVICE] as ServiceDefinition, implementationOf(parts, streams));
  return {
    listen: (host, port) => bind(server, host, port),
    close: (graceMillis) => {
      // An end without a failure would say that there is nothing more to wait for.
      for (const stream of streams)
        stream.emit('error', statusOf(serviceError('service.stopping', {})));
      return shutDown(server, graceMillis);
    },
  };
}

function implementationOf(parts: GrpcParts, streams: Set<Stream>): UntypedServiceImplementation {
  const { calls } = parts;
  return {
    Ingest: unary(parts, 'ingest', 1, async (caller, message) => {
      const body = checkRequest(ingestBody, message);
      const leave = parts.gate.admission.enter(body.events.length * EVENT_BYTES);
      const { receipt: taken } = await calls.ingest(caller, body).finally(leave);
      const { batchId, ...receipt } = taken;
      return { ...receipt, batch_id: batchId };
    }),
    Feedback: unary(parts, 'feedback', 1, async (caller, message) => {
      const body = checkRequest(feedbackBody, message);
      const leave = parts.gate.admission.enter(body.feedback.length * EVENT_BYTES);
      const { batchId, ...receipt } = await calls.feedback(caller, body).finally(leave);
      return { ...receipt, batch_id: batchId };
    }),
    Suggest: unary(parts, 'suggest', 1, async (caller, message) =>
      toSuggestionMessage(readHeld(await calls.suggest(caller, questionOf(message)))),
    ),
    Explain: unary(parts, 'explain', WHOLE_INDEX_COST, async (caller, message) =>
      toExplanationMessage(read(await calls.explain(caller, explainQuestionOf(message)))),
    ),
    Snapshot: unary(parts, 'snapshot', WHOLE_INDEX_COST, async (caller) => {
      const { tookMillis, ...receipt } = await calls.snapshot(caller);
      return { ...receipt, took_ms: tookMillis };
    }),
    WatchHints: (stream: Stream) => watch(parts, streams, stream),
  };
}

/** An answer of the index, which is JSON. */
function read<Answer>(text: Uint8Array): Answer {
  return JSON.parse(new TextDecoder().decode(text)) as Answer;
}

function readHeld<Answer>({ bytes, letGo }: HeldText): Answer {
  const answer = read<Answer>(bytes);
  letGo();
  return answer;
}

function unary(
  parts: GrpcParts,
  call: string,
  cost: number,
  answer: (caller: Caller, message: Message) => Promise<Message>,
) {
  return async (request: Unary, reply: sendUnaryData<Message>): Promise<void> => {
    try {
      const message = await answer(callerOf(parts, request.metadata, cost), request.request);
      parts.metrics.countRequest('grpc', call, 0);
      reply(null, message);
    } catch (failure) {
      reply(refusalOf(parts, call, failure));
    }
  };
}

function callerOf({ gate }: GrpcParts, metadata: Metadata, cost: number): Caller {
  const authorization = metadata.get('authorization')[0]?.toString();
  return enter(gate, { authorization, host: undefined, cost });
}

/** Counts and logs a failure, and says it in gRPC's terms. */
function refusalOf({ metrics, log }: GrpcParts, call: string, failure: unknown) {
  const { status, grpcStatus } = answerOf(failure);
  metrics.countRequest('grpc', call, grpcStatus);
  if (status >= 500) log.error({ call, status: grpcStatus, failure: loggable(failure) }, 'failed');
  return statusOf(failure);
}

function statusOf(failure: unknown) {
  const { grpcStatus, body, retryAfterMillis } = answerOf(failure);
  const metadata = new Metadata();
  metadata.set('wavetune-code', body.error.code);
  if (retryAfterMillis !== undefined) metadata.set('retry-after-ms', `${retryAfterMillis}`);
  return { code: grpcStatus, details: body.error.message, metadata };
}

function watch(parts: GrpcParts, streams: Set<Stream>, stream: Stream): void {
  const fail = (failure: unknown): void => {
    stream.emit('error', refusalOf(parts, 'watch', failure));
  };
  try {
    const caller = callerOf(parts, stream.metadata, 1);
    if (streams.size >= MOST_WATCHERS) {
      throw serviceError('service.too-many-watchers', { most: MOST_WATCHERS });
    }
    const { min_interval_ms: asked = INTERVAL_MILLIS } = stream.request;
    const open = watchHints(parts.calls, {
      caller,
      question: questionOf(partOf(stream.request, 'question')),
      minIntervalMillis: Math.min(Number(asked), MOST_INTERVAL_MILLIS),
      send: (suggestion) => stream.write(toSuggestionMessage(read(suggestion))),
      onFailure: fail,
    });
    streams.add(stream);
    parts.metrics.countRequest('grpc', 'watch', 0);
    const close = (): void => {
      streams.delete(stream);
      open.close();
    };
    stream.on('drain', open.resume).on('cancelled', close).on('close', close).on('error', close);
    stream.on('finish', close);
  } catch (failure) {
    fail(failure);
  }
}

function bind(server: Server, host: string, port: number): Promise<number> {
  const address = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  return new Promise((resolve, reject) => {
    server.bindAsync(address, ServerCredentials.createInsecure(), (failure, bound) => {
      if (failure === null) resolve(bound);
      else reject(serviceError('service.cannot-listen', { address, reason: failure.message }));
    });
  });
}

async function shutDown(server: Server, graceMillis: number): Promise<void> {
  const timer = setTimeout(() => server.forceShutdown(), graceMillis);
  await new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
  clearTimeout(timer);
}
