import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, describe, expect, it } from 'vitest';
import { hasRedis, startRedis } from '../packages/prefix-index/tests/support/redis-server.ts';
import { runCli } from './support/run-cli.ts';

const MAIN = new URL('../pipelines/cache-policy/src/main.ts', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'wavetune-cache-policy-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('bin/cache-policy executor', () => {
  it.each([
    [['--plans', 'http://127.0.0.1/x'], 1, 'transport.bad-url'],
    [
      ['--plans', 'redis-stream://127.0.0.1:1/0/p', '--namespace', '*'],
      1,
      'executor.bad-namespace',
    ],
    [['--plans', 'redis-stream://127.0.0.1:1/0/p', '--most-evictions', '-1'], 2, 'from 0 to 1000'],
    [['--plans', 'redis-stream://127.0.0.1:1/0/p', '--least-ttl', '0'], 2, 'whole seconds'],
    [[], 2, 'plans'],
  ])('refuses %j', async (words, status, reason) => {
    const redis = ['--redis', 'redis://127.0.0.1:1/0', '--port', '0'];
    const outcome = await runCli('cache-policy', ['executor', ...redis, ...words]);
    expect(outcome.stderr).toContain(reason);
    expect(outcome.status).toBe(status);
  });
});

describe.skipIf(!hasRedis())('bin/cache-policy follow and executor', () => {
  it('steer a cache together, and stop when they are told to', async () => {
    const [baseline, steered, ways] = await Promise.all([startRedis(), startRedis(), startRedis()]);
    const plans = `redis-stream://${ways.url.slice('redis://'.length)}/0/cache-plan`;
    const catalog = join(folder, 'items.csv');
    const rows = Array.from({ length: 50 }, (_, i) => `i${i},Item ${i},toys`);
    writeFileSync(catalog, ['item,title,category', ...rows, ''].join('\n'));
    const executor = spawn(
      process.execPath,
      [
        MAIN,
        'executor',
        '--redis',
        `${steered.url}/0`,
        '--plans',
        plans,
        '--port',
        '0',
        '--catalog',
        catalog,
      ],
      { stdio: ['ignore', 'pipe', 'ignore'] },
    );
    try {
      const [line] = await once(createInterface(executor.stdout), 'line');
      const events = Array.from({ length: 600 }, (_, i) => ({
        ts: 1000 * i,
        user: `u${i % 9}`,
        action: 'click',
        item: `i${(i * i) % 50}`,
      }));
      const file = join(folder, 'events.jsonl');
      writeFileSync(file, events.map((event) => `${JSON.stringify(event)}\n`).join(''));
      const redis = ['--redis', `${baseline.url}/0`, `${steered.url}/0`];
      const followed = spawn(
        process.execPath,
        [
          MAIN,
          'follow',
          '--events',
          file,
          '--from-start',
          '--plans',
          plans,
          ...redis,
          '--every',
          '200',
        ],
        { stdio: ['ignore', 'pipe', 'inherit'] },
      );
      const said: string[] = [];
      createInterface(followed.stdout).on('line', (text) => {
        said.push(text);
        if (text.startsWith('window 2')) followed.kill('SIGTERM');
      });
      const [status] = await once(followed, 'close');
      const metrics = await (await fetch(`${line.split(/ +/)[1]}/metrics`)).text();
      executor.kill('SIGTERM');
      const [executorStatus] = await once(executor, 'close');
      expect([status, executorStatus]).toEqual([0, 0]);
      expect(said.at(-1)).toBe('followed   600 events, 3 windows');
      expect(metrics).toMatch(/executor_plans_total\{outcome="carried-out"\} [1-3]/);
    } finally {
      executor.kill('SIGKILL');
      await Promise.all([baseline.stop(), steered.stop(), ways.stop()]);
    }
  });
});
