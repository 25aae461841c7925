import { createHash } from 'node:crypto';
import { type Clock, systemClock } from '@wavetune/core';
import {
  DEFAULT_SETTINGS,
  type LiveIndex,
  openLiveIndex,
  type PrefixEvent,
} from '../../src/index.ts';
import { createHttpApp, type HttpApp } from '../../src/service/http-app.ts';
import {
  createServiceLog,
  openIndexThread,
  type ServedIndex,
  type Service,
  type ServiceOptions,
  startService,
  type Token,
} from '../../src/service/index.ts';
import { type ServeOptions, serveLive } from '../../src/service/serve-live.ts';
import { DEFAULT_LIMITS, partsOf } from '../../src/service/start-service.ts';
import { createTextRooms } from '../../src/service/text-rooms.ts';

/** A service that answers on a free port of this machine, over an index in memory. */
export interface TestService extends Service {
  readonly url: string;
  readonly live: LiveIndex;
  /** What the service logged so far, at its most talkative. */
  readonly logged: () => string;
  readonly call: (path: string, request?: CallRequest) => Promise<CallAnswer>;
}

export interface CallRequest {
  readonly token?: string;
  /** Posted as JSON; a text goes as it is. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface CallAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

export async function startTestService({
  credits,
  ...options
}: Partial<ServiceOptions> &
  Partial<ServeOptions> & { readonly live?: LiveIndex } = {}): Promise<TestService> {
  const lines: string[] = [];
  const log = createServiceLog('debug', { write: (line: string) => lines.push(line) });
  const live = options.live ?? (await openTestIndex(options.clock));
  const { clock = systemClock } = options;
  const service = await startService({
    host: '127.0.0.1',
    port: 0,
    tokens: [],
    clock,
    log,
    openIndex: async () => serveHere(live, { ...(credits && { credits }), clock }),
    ...options,
  });
  const url = `http://127.0.0.1:${service.port}`;
  return {
    ...service,
    url,
    live,
    logged: () => lines.join(''),
    call: (path, request) => call(url + path, request),
  };
}

export async function serveTestIndex(): Promise<ServedIndex> {
  return serveHere(await openTestIndex(), { clock: systemClock });
}

/** A live index of this thread as the service asks it. */
export function serveHere(live: LiveIndex, options: ServeOptions): ServedIndex {
  const served = serveLive(live, options);
  const rooms = createTextRooms();
  return {
    ...served,
    suggest: async (query) => {
      const { text, ...answer } = await served.suggest(query);
      return { ...answer, text: rooms.put(text) };
    },
  };
}

export function openTestIndex(clock: Clock = systemClock): Promise<LiveIndex> {
  return openLiveIndex({ storeUrl: 'memory:', settings: DEFAULT_SETTINGS, clock });
}

async function call(url: string, { token, body, headers }: CallRequest = {}): Promise<CallAnswer> {
  const response = await fetch(url, {
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && {
      method: 'POST',
      body: typeof body === 'string' ? body : JSON.stringify(body),
    }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.startsWith('application/json') === true;
  return {
    status: response.status,
    headers: response.headers,
    body: isJson ? JSON.parse(text) : text,
  };
}

export const NOW = Date.UTC(2026, 10, 21);

/** An event of `tenant-a`, as it is recorded. */
export function eventOf(fields: Partial<PrefixEvent> = {}): PrefixEvent {
  return {
    prefix_id: 'system-prompt',
    tenant: 'tenant-a',
    model_id: 'llama-3.1-8b',
    layer: 0,
    page_start: 0,
    page_end: 3,
    bytes: 4096,
    latency_ms: 1.5,
    timestamp_ms: NOW,
    ...fields,
  };
}

/** What a token file holds of a secret. */
export function tokenOf(secret: string, fields: Partial<Token> = {}): Token {
  return {
    name: secret,
    sha256: createHash('sha256').update(secret).digest('hex'),
    tenants: undefined,
    actions: ['read', 'write', 'admin'],
    ...fields,
  };
}

/** The HTTP side alone, to be asked in process; its index has a thread. */
export interface TestApp {
  readonly app: HttpApp;
  readonly served: ServedIndex;
  readonly pendingBytes: () => number;
  readonly close: () => Promise<void>;
}

export async function openTestApp(): Promise<TestApp> {
  const served = await openIndexThread({ storeUrl: 'memory:', settings: DEFAULT_SETTINGS });
  const limits = { ...DEFAULT_LIMITS, requestsPerSecond: 1e9 };
  const log = createServiceLog('silent', { write: () => undefined });
  const options = {
    host: '',
    port: 0,
    tokens: [],
    clock: systemClock,
    log,
    openIndex: async () => served,
  };
  const parts = partsOf(options, limits, { served, isLost: false, isStopping: false });
  const app = await createHttpApp(parts);
  return {
    app,
    served,
    pendingBytes: parts.gate.admission.pendingBytes,
    close: async () => {
      await app.close();
      await served.close();
    },
  };
}
