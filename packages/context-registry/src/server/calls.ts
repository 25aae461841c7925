import type { z } from 'zod';
import type { ContextService } from './context-service.ts';
import {
  clearQuestion,
  explainQuestion,
  matchQuestion,
  offsetsQuestion,
  outcomeQuestion,
  registerQuestion,
  sharedQuestion,
} from './request-schemas.ts';
import { serviceError } from './service-errors.ts';
import { toWire, type Wire } from './wire.ts';

/** Something that the service can be asked, over every transport in the same words. */
export interface Call {
  /** Of the MCP tool. */
  readonly name: string;
  /** Of HTTP: `POST`. */
  readonly path: string;
  readonly summary: string;
  readonly schema: z.ZodType;
  /** False for what only engines tell; those are no tools for agents. */
  readonly isTool: boolean;
  /** True where nothing changes but counts of use. */
  readonly isReading: boolean;
  /** @param question - Valid by the schema. */
  readonly answer: (service: ContextService, question: unknown) => Promise<Wire>;
}

interface TypedCall<Schema extends z.ZodType> extends Omit<Call, 'answer' | 'schema'> {
  readonly schema: Schema;
  readonly answer: (service: ContextService, question: z.output<Schema>) => Promise<object>;
}

function defineCall<Schema extends z.ZodType>(call: TypedCall<Schema>): Call {
  return {
    ...call,
    answer: async (service, question) =>
      toWire(await call.answer(service, question as z.output<Schema>)),
  };
}

export const CALLS: readonly Call[] = [
  defineCall({
    name: 'register_context',
    path: '/register',
    summary:
      'Registers contexts of agents, all or none. Says how many tokens of each were already held as an exact prefix.',
    schema: registerQuestion,
    isTool: true,
    isReading: false,
    answer: (service, question) => service.register(question),
  }),
  defineCall({
    name: 'shared_context',
    path: '/shared',
    summary:
      'Says, for each agent, how much of the target is an exact prefix of its context (tokens whose KV can be reused), where they diverge and why, and what is only similar.',
    schema: sharedQuestion,
    isTool: true,
    isReading: true,
    answer: (service, question) => service.shared(question),
  }),
  defineCall({
    name: 'match_context',
    path: '/match',
    summary:
      'Says how much of a prompt the registry holds as an exact prefix, who owns it, and what comes near. Near matches are advice and save nothing.',
    schema: matchQuestion,
    isTool: true,
    isReading: true,
    answer: (service, question) => service.match(question),
  }),
  defineCall({
    name: 'explain_divergence',
    path: '/explain',
    summary:
      'Says at which token a target leaves an agent’s context, what stands there on both sides, and an order that would share more.',
    schema: explainQuestion,
    isTool: true,
    isReading: true,
    answer: (service, question) => service.explain(question),
  }),
  defineCall({
    name: 'clear_context',
    path: '/clear',
    summary: 'Forgets contexts of the named owners, or everything.',
    schema: clearQuestion,
    isTool: true,
    isReading: false,
    answer: (service, question) => service.clear(question),
  }),
  defineCall({
    name: 'report_offsets',
    path: '/offsets',
    summary: 'Tells at which position an engine holds a context’s KV; hints rest on nothing else.',
    schema: offsetsQuestion,
    isTool: false,
    isReading: false,
    answer: (service, question) => service.reportOffsets(question),
  }),
  defineCall({
    name: 'report_outcome',
    path: '/outcome',
    summary: 'Tells how many tokens of a prompt an engine reused; predictions are judged by it.',
    schema: outcomeQuestion,
    isTool: false,
    isReading: false,
    answer: (service, question) => service.reportOutcome(question),
  }),
];

const MOST_ISSUES = 8;

/** @throws WavetuneError `service.bad-request` */
export function parseQuestion({ schema }: Call, body: unknown): unknown {
  const read = schema.safeParse(body);
  if (read.success) return read.data;
  const issues = read.error.issues.slice(0, MOST_ISSUES).map(({ path, message }) => ({
    at: path.map(String).join('.') || 'request',
    reason: message,
  }));
  throw serviceError('service.bad-request', { issues });
}
