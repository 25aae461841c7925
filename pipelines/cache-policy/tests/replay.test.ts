import { execFile, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { decodeCacheComparison } from '@wavetune/documents';
import { afterAll, describe, expect, it } from 'vitest';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));

const folder = mkdtempSync(join(tmpdir(), 'wavetune-cache-policy-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Outcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

function replay(...words: readonly string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [MAIN, 'replay', ...words],
      { cwd: folder },
      (error, stdout, stderr) => {
        resolve({ status: error === null ? 0 : Number(error.code), stdout, stderr });
      },
    );
  });
}

function hasRedis(): boolean {
  if (spawnSync('redis-server', ['--version']).status === 0) return true;
  console.log('skipped: cache-policy replay, since there is no redis-server on the PATH');
  return false;
}

/** Two thousand clicks on forty items, one of them a favourite for a while. */
function writeEvents(name: string): void {
  const lines = Array.from({ length: 2000 }, (_, i) => {
    const item = i % 3 === 0 ? `hot-${Math.floor(i / 500)}` : `p${(i * 7919) % 40}`;
    return JSON.stringify({
      ts: i * 3000,
      user: `u${i % 9}`,
      action: i % 10 === 9 ? 'view' : 'click',
      item,
    });
  });
  writeFileSync(join(folder, name), lines.join('\n'));
}

describe.skipIf(!hasRedis())('cache-policy replay', () => {
  const words = ['--trace', 'events.jsonl', '--request-actions', 'click'];
  const small = ['--memory', '20KiB', '--windows', '10'];

  it('runs every planner, prints tables and a verdict, and writes the same document again', async () => {
    writeEvents('events.jsonl');
    const first = await replay(...words, ...small, '--planner', 'all', '--out', 'a.json');
    expect(first).toMatchObject({ status: 0 });
    expect(first.stdout).toMatch(
      /^stream {4}2,000 events \(item log\), 1,800 requests of 40 items/,
    );
    for (const name of [
      '(TTL rule alone)',
      'frequency',
      'oracle (knows the future)',
      's3-fifo',
      'optimum',
    ]) {
      expect(first.stdout).toContain(name);
    }
    expect(first.stdout).toMatch(/\nverdict {3}(use|keep the TTL rule): /);
    const document = decodeCacheComparison(readFileSync(join(folder, 'a.json'), 'utf8'));
    expect(document.runs.length).toBeGreaterThanOrEqual(7);
    expect(document.runs[0]).toMatchObject({ planner: 'none', difference: { difference: 0 } });
    expect(document.runs.every(({ windows }) => windows.length === 10)).toBe(true);
    const again = await replay(...words, ...small, '--planner', 'frequency', '--json');
    const run = decodeCacheComparison(again.stdout).runs[0];
    const before = document.runs.find(({ planner }) => planner === 'frequency');
    expect(run.counts).toEqual(before?.counts);
    expect(run.windows.map(({ steered }) => steered.hits)).toEqual(
      before?.windows.map(({ steered }) => steered.hits),
    );
  });

  it('follows the wall clock where it is told to', async () => {
    writeEvents('events.jsonl');
    const live = [
      '--speed',
      '5000',
      '--limit',
      '500',
      '--measure-from',
      '0',
      '--planner',
      'frequency',
    ];
    const { status, stdout } = await replay(...words, ...live, '--memory', '4MiB', '--json');
    expect(status).toBe(0);
    const { caches, runs } = decodeCacheComparison(stdout);
    expect(caches).toMatchObject({ clock: 'wall', speed: 5000 });
    expect(runs[0].counts.requests).toBe(450);
  });

  it('asks a model that knows no schema, within the bounds it is given', async () => {
    writeEvents('events.jsonl');
    const asked: { readonly max_tokens: number; readonly messages: readonly object[] }[] = [];
    const content = '{"evict":[],"prefetch":[{"k":"item:hot-0","ttl":60}]}';
    const server = createHttpServer(async (request, response) => {
      const body = JSON.parse(await text(request));
      asked.push(body);
      if (body.response_format.type === 'json_schema') {
        response.writeHead(500).end('{"error":{"message":"body.response_format.type: unknown"}}');
        return;
      }
      const usage = { prompt_tokens: 700, completion_tokens: 20 };
      response.end(JSON.stringify({ choices: [{ message: { content } }], usage }));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const model = ['--llm-url', `http://127.0.0.1:${port}/v1`, '--model', 'small'];
    const bounds = ['--context-tokens', '500', '--llm-answer-tokens', '64'];
    const outcome = await replay(
      ...words,
      ...small,
      '--planner',
      'llm',
      ...model,
      ...bounds,
      '--json',
    );
    server.closeAllConnections();
    server.close();
    expect(outcome.status).toBe(0);
    const [run] = decodeCacheComparison(outcome.stdout).runs;
    expect(run.plans).toMatchObject({ asked: 9, carriedOut: 9 });
    expect(run.tokens).toEqual({ input: 6300, output: 180 });
    expect(asked).toHaveLength(10);
    for (const { max_tokens: most, messages } of asked) {
      expect(most).toBe(64);
      expect(JSON.stringify(messages[1]).length).toBeLessThan(500 * 2.4 * 1.5);
    }
  });

  it('refuses what cannot be replayed, with its code, and wrong usage', async () => {
    writeEvents('events.jsonl');
    const listener = createServer().listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const { port: taken } = listener.address() as AddressInfo;
    const nobody = ['--redis', 'redis://127.0.0.1:1/0', 'redis://127.0.0.1:1/1'];
    const refused = [
      [1, 'events.no-requests', ['--trace', 'events.jsonl', '--request-actions', 'buy']],
      [1, 'cache.unreachable', [...words, ...nobody]],
      [2, '--planner frequancy: known are none, frequency', [...words, '--planner', 'frequancy']],
      [2, '--memory 0: accepted', [...words, '--memory', '0']],
      [2, 'usage.bad-size', [...words, '--memory', 'much']],
      [2, '--metrics-port 70000: accepted', [...words, '--metrics-port', '70000']],
      [2, '--llm-timeout -1: accepted', [...words, '--llm-timeout', '-1']],
      [2, '--context-tokens 499: accepted', [...words, '--context-tokens', '499']],
      [2, '--llm-answer-tokens 0: accepted', [...words, '--llm-answer-tokens', '0']],
      [1, 'metrics.cannot-listen', [...words, '--metrics-port', String(taken)]],
      [1, 'comparison.too-few-requests', [...words, ...nobody, '--limit', '1']],
    ] as const;
    const outcomes = await Promise.all(refused.map(([, , options]) => replay(...options)));
    refused.forEach(([status, text], i) => {
      expect(outcomes[i].stderr).toContain(text);
      expect(outcomes[i].status).toBe(status);
    });
    listener.close();
  });
});
