import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { readSnapshot } from '@wavetune/context-registry';
import { afterAll, describe, expect, it } from 'vitest';
import { byteTokenizer } from './support/byte-tokenizer.ts';

const BIN = fileURLToPath(new URL('../../../bin/context-registry', import.meta.url));
const MODEL = ['--model', 'qwen3-8b', '--log-level', 'error'];
const BYTES = ['--tokenizer', 'bytes.json'];
const SYSTEM =
  'You are a careful agent of the airline. Always answer in JSON, never in prose. Name no prices. Ask before you book.';

const folder = mkdtempSync(join(tmpdir(), 'context-serving-'));
writeFileSync(join(folder, 'bytes.json'), byteTokenizer());
const children = new Set<ChildProcess>();
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

function start(...words: readonly string[]): ChildProcess {
  const child = spawn(BIN, [...words, ...MODEL], { cwd: folder });
  children.add(child);
  child.once('exit', () => children.delete(child));
  return child;
}

async function connect(...words: readonly string[]): Promise<Client> {
  const client = new Client({ name: 'test', version: '1' });
  const args = ['mcp', ...words, ...MODEL];
  const transport = new StdioClientTransport({ command: BIN, args, cwd: folder, stderr: 'pipe' });
  await client.connect(transport);
  return client;
}

async function call(client: Client, name: string, body: object): Promise<CallToolResult> {
  return (await client.callTool({ name, arguments: { ...body } })) as CallToolResult;
}

describe('context-registry mcp', () => {
  it('is driven by the official client, with the default tokenizer, over standard input and output', async () => {
    const client = await connect();
    expect(client.getServerVersion()?.name).toBe('context-registry');
    const { tools } = await client.listTools();
    expect(tools).toHaveLength(5);

    const contexts = [{ agent: 'a', context: 'system', text: `${SYSTEM} Book flights.` }];
    await call(client, 'register_context', { contexts });
    const text = `${SYSTEM} Cancel hotels.`;
    const matched = await call(client, 'match_context', { text });
    const { exact, nearest } = matched.structuredContent as Record<string, never>;
    expect(exact).toMatchObject({ tokens: 16, size_bytes: 16 * 147_456 });
    expect(nearest).toMatchObject({ owner: { agent: 'a', context: 'system' } });

    const owner = { agent: 'a' };
    const explained = await call(client, 'explain_divergence', { owner, target: { text } });
    expect(explained.structuredContent).toMatchObject({
      divergence: { at_block: 1, prompt: { text: expect.stringContaining('Cancel') } },
    });
    const shared = await call(client, 'shared_context', { agents: [owner], target: { text } });
    expect(shared.structuredContent).toMatchObject({ saved: { tokens: 16 }, owner_count: 1 });

    const tokens = Array.from({ length: 2 ** 20 + 1 }, () => 1);
    const long = { contexts: [{ agent: 'b', context: 'c', tokens }] };
    expect((await call(client, 'register_context', long)).structuredContent).toMatchObject({
      error: { code: 'registry.too-many-tokens' },
    });
    const cleared = await call(client, 'clear_context', { all: true });
    expect(cleared.structuredContent).toEqual({ cleared: 1, forgotten: 0 });
    await client.close();
  });

  it('answers lines that are no UTF-8 and ten million tokens by code, and lives on', async () => {
    const child = start('mcp', ...BYTES);
    const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
    const next = async () => JSON.parse((await lines.next()).value ?? 'null');
    const send = (message: object) =>
      child.stdin!.write(`${JSON.stringify({ ...message, jsonrpc: '2.0' })}\n`);
    const clientInfo = { name: 'raw', version: '1' };
    const params = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo };
    send({ id: 1, method: 'initialize', params });
    expect(await next()).toMatchObject({ id: 1, result: { serverInfo: {} } });
    send({ method: 'notifications/initialized' });

    const head = '{"jsonrpc":"2.0","method":"tools/call","params":{"name":"match_context",';
    child.stdin!.write(
      Buffer.concat([
        Buffer.from(`${head}"arguments":{"text":"`),
        Buffer.from([0xc3, 0x28]),
        Buffer.from('"}},"id":2}\n'),
      ]),
    );
    expect(await next()).toMatchObject({
      id: 2,
      error: { message: expect.stringContaining('service.bad-encoding') },
    });
    child.stdin!.write(`${head}"arguments":{"tokens":[`);
    const million = '123,'.repeat(1_000_000);
    for (let part = 0; part < 10; part++) child.stdin!.write(million);
    child.stdin!.write('1]}},"id":3}\n');
    expect(await next()).toMatchObject({
      id: 3,
      error: { message: expect.stringContaining('service.too-large') },
    });
    const call = { name: 'match_context', arguments: { text: SYSTEM } };
    for (const id of [4, 5, 6]) send({ id, method: 'tools/call', params: call });
    child.stdin!.end();
    for (const id of [4, 5, 6]) {
      expect(await next()).toMatchObject({ id, result: { isError: false } });
    }
    const [status] = await once(child, 'exit');
    expect(status).toBe(0);
  });

  it('keeps what was registered in its snapshot, and refuses a torn one with the way out', async () => {
    const options = ['--snapshot', 'kept.snapshot', ...BYTES];
    const first = await connect(...options);
    const contexts = [{ agent: 'a', context: 'system', text: SYSTEM }];
    await call(first, 'register_context', { contexts });
    await first.close();
    const second = await connect(...options);
    const matched = await call(second, 'match_context', { text: SYSTEM });
    expect(matched.structuredContent).toMatchObject({
      owners: [{ agent: 'a' }],
      neighbours: [{ owner: { agent: 'a' }, cosine: expect.closeTo(1, 4) }],
    });
    await second.close();
    const path = join(folder, 'kept.snapshot');
    writeFileSync(path, readFileSync(path).subarray(0, -5));
    const third = start('mcp', ...options);
    let said = '';
    third.stderr!.on('data', (part) => {
      said += part;
    });
    const [status] = await once(third, 'exit');
    expect(status).toBe(1);
    expect(said).toMatch(/snapshot\.unreadable: .*start without one/);
  });
});

describe('a client that is gone', () => {
  it('leaves behind what it registered, also where nobody reads the answers', async () => {
    const child = start('mcp', '--snapshot', 'gone.snapshot', ...BYTES);
    const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
    const send = (message: object) =>
      child.stdin!.write(`${JSON.stringify({ ...message, jsonrpc: '2.0' })}\n`);
    const clientInfo = { name: 'raw', version: '1' };
    const params = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo };
    send({ id: 1, method: 'initialize', params });
    await lines.next();
    child.stdout!.destroy();
    const contexts = [{ agent: 'a', context: 'system', text: SYSTEM }];
    const call = { name: 'register_context', arguments: { contexts } };
    send({ id: 2, method: 'tools/call', params: call });
    const [status] = await once(child, 'exit');
    expect(status).toBe(0);
    expect((await readSnapshot(join(folder, 'gone.snapshot'))).contexts).toHaveLength(1);
  });
});

describe('context-registry serve', () => {
  it('touches no files where another listens already', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const files = ['--snapshot', 'second.snapshot', '--offload-dir', 'second', ...BYTES];
    const child = start('serve', '--port', String(port), '--budget-tokens', '64', ...files);
    let said = '';
    child.stderr!.on('data', (part) => {
      said += part;
    });
    const [status] = await once(child, 'exit');
    expect([status, said]).toEqual([1, expect.stringContaining('service.cannot-listen')]);
    expect(readdirSync(folder).filter((name) => name.startsWith('second'))).toEqual([]);
    other.close();
  });

  it.skipIf(process.platform !== 'linux')(
    'refuses files that another service holds, names it, and takes them over when it died',
    async () => {
      const budget = ['--port', '0', '--budget-tokens', '64', ...BYTES];
      const begin = async (...files: readonly string[]) => {
        const child = start('serve', ...files, ...budget);
        const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
        expect((await lines.next()).value).toContain('listening');
        return child;
      };
      const first = await begin('--snapshot', 'one.snapshot', '--offload-dir', 'one');
      const attempts = [
        ['--snapshot', './one.snapshot'],
        ['--offload-dir', join(folder, 'one/')],
      ];
      for (const files of attempts) {
        const child = start('serve', ...files, ...budget);
        let said = '';
        child.stderr!.on('data', (part) => {
          said += part;
        });
        const [status] = await once(child, 'exit');
        expect([status, said]).toEqual([1, expect.stringContaining('context-files.in-use')]);
        expect(said).toContain(`in use by process ${first.pid}:`);
      }
      first.kill('SIGKILL');
      await once(first, 'exit');
      const next = await begin('--snapshot', 'one.snapshot', '--offload-dir', 'one');
      next.kill('SIGTERM');
      expect((await once(next, 'exit'))[0]).toBe(0);
    },
  );

  it('serves until SIGTERM inside its budget, and starts again with what it had', async () => {
    const options = ['--port', '0', '--snapshot', 'served.snapshot', '--offload-dir', 'away'];
    const budget = ['--budget-tokens', '64', '--step-interval', '50ms', ...BYTES];
    const serve = async () => {
      const child = start('serve', ...options, ...budget);
      const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
      const listening = (await lines.next()).value ?? '';
      const ready = (await lines.next()).value ?? '';
      return { child, url: /http:\S+(?=,)/.exec(listening)![0], ready };
    };
    const post = async (url: string, path: string, body: object) => {
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(url + path, {
        method: 'POST',
        headers,
        body: JSON.stringify(body),
      });
      return response.json();
    };
    const stop = async (child: ChildProcess) => {
      child.kill('SIGTERM');
      const [status] = await once(child, 'exit');
      return status;
    };
    const first = await serve();
    const contexts = [{ agent: 'a', context: 'system', tokens: [...Array(48).keys()] }];
    expect(await post(first.url, '/register', { contexts })).toMatchObject({
      registered: [{ blocks: 3 }],
    });
    const large = [{ agent: 'b', context: 'c', tokens: [...Array(96).keys()] }];
    expect(await post(first.url, '/register', { contexts: large })).toMatchObject({
      error: { code: 'memory.too-large' },
    });
    const stats = await (await fetch(`${first.url}/stats`)).json();
    expect(stats.memory).toMatchObject({ budget_blocks: 4, resident_blocks: 3, refusals: 1 });
    expect(await stop(first.child)).toBe(0);
    const second = await serve();
    expect(second.ready).toBe('ready      1 contexts, pressure from budget');
    const { exact } = await post(second.url, '/match', { tokens: [...Array(48).keys()] });
    expect(exact.tokens).toBe(48);
    await stop(second.child);
    expect(readdirSync(join(folder, 'away'))).toEqual(['.lock']);
  });
});
