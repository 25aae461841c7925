import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { pino } from 'pino';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMemoryCache, type MemoryCache } from '../../src/memory/memory-cache.ts';
import { openOffloadStore } from '../../src/memory/offload-store.ts';
import { createRegistry, type Registry } from '../../src/registry/registry.ts';
import type { Embedder } from '../../src/semantic/embedder.ts';
import { HASHED_EMBEDDER } from '../../src/semantic/hashed-embedder.ts';
import { createContextService } from '../../src/server/context-service.ts';
import { type HttpOptions, type HttpService, startHttp } from '../../src/server/start-service.ts';
import { LETTERS } from '../support/letters.ts';
import { manualClock } from '../support/manual-clock.ts';

const SYSTEM = 'You are a careful agent of the airline. Always answer in JSON. ';
const log = pino({ level: 'silent' });

let http: HttpService;
let registry: Registry;
let memory: MemoryCache;
let url: string;
const opened: HttpService[] = [];

async function start(
  options: Partial<HttpOptions> = {},
  embedder: Embedder = HASHED_EMBEDDER,
): Promise<HttpService> {
  registry = createRegistry({
    model: { name: 'toy', bytesPerToken: 10 },
    tokenizer: LETTERS,
    blockSize: 16,
    maxTokens: 10_000,
  });
  memory = await createMemoryCache(registry, { budget: { tokens: 20_000 } });
  http = await startHttp({
    service: createContextService({ registry, memory, embedder }),
    host: '127.0.0.1',
    port: 0,
    bodyLimitBytes: 200_000,
    withLegacyMetrics: true,
    graceMillis: 1000,
    log,
    ...options,
  });
  opened.push(http);
  url = `http://127.0.0.1:${http.port}`;
  return http;
}

interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: answers of many shapes are looked at
  readonly body: any;
}

async function post(path: string, body: unknown, headers: Record<string, string> = {}) {
  const sent = body instanceof Uint8Array || typeof body === 'string' ? body : JSON.stringify(body);
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: sent as BodyInit,
  });
  return { status: response.status, body: await response.json() } as Answer;
}

const contextOf = (agent: string, text: string) => ({ agent, context: 'main', text });

beforeEach(async () => {
  await start();
});
afterEach(() => http.close());
afterAll(() => Promise.all(opened.map((service) => service.close())));

describe('the HTTP service', () => {
  it('registers, matches, shares, explains and clears', async () => {
    const contexts = [contextOf('flights', `${SYSTEM}Book flights.`)];
    const registered = await post('/register', { contexts });
    expect(registered.body.registered[0]).toMatchObject({ tokens: 76, blocks: 4, replaced: false });

    const prompt = `${SYSTEM}Cancel hotels.`;
    const matched = await post('/match', { text: prompt });
    expect(matched.body).toMatchObject({
      exact: { blocks: 3, tokens: 48, size_bytes: 480 },
      owners: [{ agent: 'flights', context: 'main' }],
      owner_count: 1,
      predicted_share: 48 / prompt.length,
      neighbours: [{ owner: { agent: 'flights', context: 'main' }, cosine: expect.any(Number) }],
    });

    await post('/register', { contexts: [contextOf('hotels', prompt)] });
    const agents = [{ agent: 'flights' }, { agent: 'hotels' }];
    const shared = await post('/shared', { agents, target: { text: prompt } });
    expect(shared.body).toMatchObject({ common: { tokens: 48 }, saved: { tokens: 64 } });

    const target = { agent: 'hotels', context: 'main' };
    const explained = await post('/explain', { owner: { agent: 'flights' }, target });
    expect(explained.body.divergence).toMatchObject({ at_token: SYSTEM.length, at_block: 3 });

    const cleared = await post('/clear', { owners: [{ agent: 'flights' }] });
    expect(cleared.body).toEqual({ cleared: 1, forgotten: 0 });
    expect((await post('/clear', { all: true })).body).toEqual({ cleared: 1, forgotten: 0 });
    expect(registry.stats()).toMatchObject({ contexts: 0, distinctBlocks: 0, tokens: 0 });
  });

  it('answers bad input by code and changes nothing', async () => {
    await post('/register', { contexts: [contextOf('a', SYSTEM)] });
    const before = registry.stats();
    const tooMany = Array.from({ length: 10_001 }, () => 1);
    const cases: readonly (readonly [string, unknown, number, string])[] = [
      ['/register', '{"contexts": [', 400, 'service.bad-json'],
      ['/register', Buffer.from([0x7b, 0xff, 0x7d]), 400, 'service.bad-encoding'],
      ['/register', { contexts: [contextOf('b', '\ud800')] }, 400, 'tokens.invalid-text'],
      ['/register', { contexts: [] }, 400, 'service.bad-request'],
      ['/register', { contexts: [{ agent: 'b', context: 'c' }] }, 400, 'service.bad-request'],
      [
        '/register',
        { contexts: [{ ...contextOf('b', 'x'), extra: 1 }] },
        400,
        'service.bad-request',
      ],
      [
        '/register',
        { contexts: [contextOf('b', 'x'), contextOf('b', 'y')] },
        400,
        'registry.duplicate-key',
      ],
      [
        '/register',
        { contexts: [{ ...contextOf('b', 'x'), model: 'gpt' }] },
        400,
        'registry.wrong-model',
      ],
      [
        '/register',
        { contexts: [{ agent: 'b', context: 'c', tokens: tooMany }] },
        413,
        'registry.too-many-tokens',
      ],
      [
        '/register',
        { contexts: [{ agent: 'b', context: 'c', tokens: [0x10000] }] },
        400,
        'registry.bad-token',
      ],
      [
        '/register',
        { contexts: [{ agent: 'b', context: 'c', tokens: [-1] }] },
        400,
        'service.bad-request',
      ],
      ['/register', 'x'.repeat(200_001), 413, 'service.too-large'],
      [
        '/shared',
        { agents: [{ agent: 'nobody' }], target: { text: 'x' } },
        404,
        'registry.unknown-owner',
      ],
      [
        '/explain',
        { owner: { agent: 'a' }, target: { agent: 'a', context: 'no' } },
        404,
        'registry.unknown-owner',
      ],
      ['/clear', { owners: [{ agent: 'a' }, { agent: 'nobody' }] }, 404, 'registry.unknown-owner'],
      ['/clear', {}, 400, 'service.bad-request'],
      [
        '/offsets',
        { agent: 'a', context: 'main', first_position: 0, tokens: 999 },
        400,
        'anchor.bad-offset',
      ],
      ['/snapshot', undefined, 409, 'service.no-snapshot'],
      ['/nowhere', {}, 404, 'service.no-such-call'],
    ];
    for (const [path, body, status, code] of cases) {
      const answer = await post(path, body ?? '{}');
      expect([path, answer.status, answer.body.error.code]).toEqual([path, status, code]);
    }
    expect(registry.stats()).toEqual(before);
  });

  it('tells the first of many bad token ids, and its place', async () => {
    const tokens = Array.from({ length: 50_000 }, (_, at) => (at < 7 ? at : ''));
    const { status, body } = await post('/match', { tokens });
    expect([status, body.error.message]).toEqual([
      400,
      'nothing was done: tokens.7: accepted is a whole number from 0 up',
    ]);
  });

  it('refuses a registration that a clear overtook, and leaves nothing behind', async () => {
    let release: (() => void) | undefined;
    const waiting = new Promise<void>((resolve) => {
      release = resolve;
    });
    let isAsked: (() => void) | undefined;
    const asked = new Promise<void>((resolve) => {
      isAsked = resolve;
    });
    await http.close();
    await start(
      {},
      {
        ...HASHED_EMBEDDER,
        embed: async (texts) => {
          isAsked?.();
          await waiting;
          return HASHED_EMBEDDER.embed(texts);
        },
      },
    );
    const registering = post('/register', { contexts: [contextOf('a', SYSTEM)] });
    await asked;
    expect((await post('/clear', { all: true })).status).toBe(200);
    release?.();
    const { status, body } = await registering;
    expect([status, body.error.code]).toEqual([409, 'registry.cleared-since']);
    expect(registry.stats().contexts).toBe(0);
  });

  it('stays consistent through registrations, clears and questions at once', async () => {
    const calls = Array.from({ length: 120 }, (_, at) => {
      const text = `${SYSTEM}${'x'.repeat(at % 7)} task ${at % 5}`;
      if (at % 11 === 0) return post('/clear', { all: true });
      if (at % 3 === 0) return post('/match', { text });
      return post('/register', { contexts: [contextOf(`a${at % 6}`, text)] });
    });
    for (const { status } of await Promise.all(calls)) expect([200, 409]).toContain(status);
    const { contexts } = registry.stats();
    const { body } = await fetch(`${url}/stats`).then(async (it) => ({ body: await it.json() }));
    expect(body.embedder.contexts).toBe(contexts);
    await post('/clear', { all: true });
    expect(registry.stats()).toMatchObject({ contexts: 0, distinctBlocks: 0, blockReferences: 0 });
  });

  it('goes on without advice where the embedder fails', async () => {
    await http.close();
    await start({}, { ...HASHED_EMBEDDER, embed: () => Promise.reject(new Error('no server')) });
    const { status, body } = await post('/register', { contexts: [contextOf('a', SYSTEM)] });
    expect([status, body.embedding_failure]).toEqual([200, 'semantic.failed']);
    const matched = await post('/match', { text: SYSTEM });
    expect(matched.body).toMatchObject({ neighbours: [], embedding_failure: 'semantic.failed' });
    expect(matched.body.exact.tokens).toBe(48);
  });

  it('gives offset hints only where offsets were reported, and learns from outcomes', async () => {
    const passage = 'The quick brown fox jumps over the lazy dog while the agent waits for tools. ';
    const long = `${SYSTEM}${passage.repeat(2)}`;
    await post('/register', { contexts: [contextOf('a', long)] });
    const moved = { text: `Hello! ${long.slice(60)}` };
    expect((await post('/match', moved)).body.offset_hints).toEqual([]);
    const offsets = { agent: 'a', context: 'main', first_position: 100, tokens: long.length };
    expect((await post('/offsets', offsets)).body).toEqual({ kept: 1 });
    const { offset_hints: hints, advisory } = (await post('/match', moved)).body;
    const passages = advisory.filter((each: { kind: string }) => each.kind === 'passage');
    expect(passages.length).toBeGreaterThan(0);
    expect(hints).toHaveLength(passages.length);
    for (const { begin, held_position: held, delta } of hints) expect(delta).toBe(begin - held);
    const outcome = await post('/outcome', { text: long, cached_tokens: 208 });
    expect(outcome.body).toMatchObject({ outcomes: 1, near_worth: 0 });
  });

  it('counts one use of a context for one question', async () => {
    await post('/register', { contexts: [contextOf('a', SYSTEM), contextOf('b', SYSTEM)] });
    const used: string[] = [];
    registry.observe({ used: ({ key }) => used.push(key.agent) });
    const question = { agents: [{ agent: 'a' }], target: { text: SYSTEM } };
    expect((await post('/shared', question)).body).toMatchObject({ owner_count: 2 });
    expect(used).toEqual(['a']);
    await post('/match', { text: SYSTEM });
    expect(used.slice(1).sort()).toEqual(['a', 'b']);
  });

  it('brings an offloaded context back from its folder when a question names it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'context-http-'));
    const held = createRegistry({ model: { name: 'toy', bytesPerToken: 10 }, blockSize: 4 });
    const clock = manualClock();
    const cache = await createMemoryCache(held, {
      budget: { tokens: 400 },
      store: await openOffloadStore(folder, held),
      source: { name: 'scripted', read: async () => ({ usedBytes: 93, totalBytes: 100 }) },
      clock,
    });
    await http.close();
    await start({ service: createContextService({ registry: held, memory: cache }) });
    const tokens = Array.from({ length: 18 }, (_, at) => at);
    await post('/register', { contexts: [{ agent: 'a', context: 'main', tokens }] });
    clock.advance(31_000);
    expect(await cache.step()).toMatchObject({ mode: 'critical', offloaded: 1 });
    expect((await post('/match', { tokens })).body.exact.tokens).toBe(0);
    expect(await readdir(folder)).toHaveLength(1);

    const question = { agents: [{ agent: 'a' }], target: { tokens } };
    expect((await post('/shared', question)).body.saved.tokens).toBe(16);
    const stats = await (await fetch(`${url}/stats`)).json();
    expect(stats.memory).toMatchObject({ offloads: 1, brought_back: 1, offloaded_contexts: 0 });
    expect((await post('/match', { tokens })).body.exact.tokens).toBe(16);
    await cache.close();
    expect(await readdir(folder)).toEqual([]);
    await rm(folder, { recursive: true });
  });

  it('shows its counts to Prometheus, under the old names as well', async () => {
    await post('/register', { contexts: [contextOf('a', SYSTEM)] });
    await post('/match', { text: SYSTEM });
    await post('/match', { text: 'nothing of it' });
    await memory.step();
    const text = await (await fetch(`${url}/metrics`)).text();
    for (const line of [
      'context_registry_contexts 1',
      'context_registry_questions_total{outcome="hit"} 1',
      'context_registry_questions_total{outcome="miss"} 1',
      'context_registry_saved_tokens_total 48',
      'context_registry_mode{mode="relaxed"} 1',
      'context_registry_prediction_error Nan',
      'contextforge_registry_entries{cache_type="vram_aware"} 1',
      'contextforge_cache_hits_total 1',
      'contextforge_eviction_mode_code 0',
      'contextforge_vram_used_gb 4.8e-7',
    ]) {
      expect(text).toContain(`${line}\n`);
    }
    expect(text).not.toContain(SYSTEM);
  });
});

describe('the end of the HTTP service', () => {
  it('answers what is under way, and does not wait for its connection', async () => {
    await http.close();
    const held = Promise.withResolvers<void>();
    const service = createContextService({ registry, memory, embedder: HASHED_EMBEDDER });
    const shared: typeof service.shared = async (question) => {
      await held.promise;
      return service.shared(question);
    };
    await start({ service: { ...service, shared }, graceMillis: 600_000 });
    const sent = fetch(`${url}/shared`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ agents: [{ agent: 'a' }], target: { text: 'x' } }),
    });
    await new Promise((resolve) => setTimeout(resolve, 50));
    const closed = http.close();
    await new Promise((resolve) => setTimeout(resolve, 50));
    held.resolve();
    const answer = await sent;
    expect((await answer.json()).error.code).toMatch(/unknown|no-such/);
    expect(answer.headers.get('connection')).toBe('close');
    await closed;
  });
});

describe('who may come in', () => {
  it('refuses to listen for others without a token', async () => {
    await expect(start({ host: '0.0.0.0' })).rejects.toMatchObject({ code: 'service.unsafe-bind' });
    await expect(start({ token: 'short' })).rejects.toMatchObject({ code: 'service.bad-token' });
  });

  it('without a token refuses pages of other origins and names of other hosts', async () => {
    const foreign = await post('/match', { text: 'x' }, { origin: 'https://example.org' });
    expect([foreign.status, foreign.body.error.code]).toEqual([421, 'service.foreign-host']);
    for (const origin of ['http://localhost:3000', 'http://[::1]:3000', 'http://127.0.0.2']) {
      expect((await post('/match', { text: 'x' }, { origin })).status).toBe(200);
    }
  });

  it.skipIf(process.platform !== 'linux')(
    'without a token answers on every address that is this machine alone',
    async () => {
      await http.close();
      await start({ host: '127.0.0.2' });
      expect((await fetch(`http://127.0.0.2:${http.port}/stats`)).status).toBe(200);
    },
  );

  it('with a token answers nobody else, the process’s health apart', async () => {
    await http.close();
    await start({ token: 'a-token-of-some-length' });
    expect((await post('/match', { text: 'x' })).status).toBe(401);
    expect((await post('/mcp', {})).status).toBe(401);
    expect((await fetch(`${url}/metrics`)).status).toBe(401);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    const authorization = 'Bearer a-token-of-some-length';
    expect((await post('/match', { text: 'x' }, { authorization })).status).toBe(200);
  });
});

describe('MCP over streamable HTTP', () => {
  async function connect(): Promise<Client> {
    const client = new Client({ name: 'test', version: '1' });
    const transport = new StreamableHTTPClientTransport(new URL(`${url}/mcp`));
    await client.connect(transport as Parameters<typeof client.connect>[0]);
    return client;
  }

  it('offers the tools with the schemas of HTTP, and answers the same', async () => {
    const client = await connect();
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual([
      'register_context',
      'shared_context',
      'match_context',
      'explain_divergence',
      'clear_context',
    ]);
    for (const { inputSchema } of tools) expect(inputSchema.type).toBe('object');
    expect(tools[2].inputSchema.properties?.tokens).toMatchObject({
      type: 'array',
      items: { type: 'integer', minimum: 0 },
    });
    await client.callTool({
      name: 'register_context',
      arguments: { contexts: [contextOf('a', SYSTEM)] },
    });
    const asked = { text: `${SYSTEM}more` };
    const result = (await client.callTool({
      name: 'match_context',
      arguments: asked,
    })) as CallToolResult;
    expect(result.isError).toBe(false);
    expect(result.structuredContent).toEqual((await post('/match', asked)).body);
    await client.close();
  });

  it('answers a failure as a coded result, and several clients from one registry', async () => {
    const [one, two] = await Promise.all([connect(), connect()]);
    await one.callTool({
      name: 'register_context',
      arguments: { contexts: [contextOf('a', SYSTEM)] },
    });
    const cleared = await two.callTool({ name: 'clear_context', arguments: { all: true } });
    expect(cleared.structuredContent).toEqual({ cleared: 1, forgotten: 0 });
    for (const [name, body, code] of [
      ['match_context', {}, 'service.bad-request'],
      [
        'shared_context',
        { agents: [{ agent: 'x' }], target: { text: 'y' } },
        'registry.unknown-owner',
      ],
      ['no_such_tool', {}, 'service.unknown-tool'],
    ] as const) {
      const result = (await one.callTool({ name, arguments: body })) as CallToolResult;
      expect(result).toMatchObject({ isError: true, structuredContent: { error: { code } } });
    }
    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(metrics).not.toContain('no_such_tool');
    expect(metrics).toContain('call_seconds_count{call="other",status="400"} 1');
    await Promise.all([one.close(), two.close()]);
  });

  it('has no stream to listen on', async () => {
    const response = await fetch(`${url}/mcp`);
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
  });
});
