import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { hasRedis, startRedis } from '../../../packages/prefix-index/tests/support/redis-server.ts';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));

const folder = mkdtempSync(join(tmpdir(), 'wavetune-cache-policy-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A command that runs until it is told to stop, and what it has said so far. */
interface Running {
  readonly said: (text: RegExp) => Promise<void>;
  readonly output: () => string;
  /** Null until it has ended. */
  readonly code: () => number | null;
  readonly stop: () => Promise<number | null>;
}

function run(...words: readonly string[]): Running {
  const child: ChildProcess = spawn(process.execPath, [MAIN, ...words], { cwd: folder });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk) => {
      output += chunk;
    });
  }
  return {
    output: () => output,
    code: () => child.exitCode,
    said: async (text) => {
      for (let i = 0; i < 400 && !text.test(output); i++) await sleep(50);
      expect(output).toMatch(text);
    },
    stop: async () => {
      child.kill('SIGTERM');
      if (child.exitCode === null) await once(child, 'exit');
      return child.exitCode;
    },
  };
}

/** Forty clicks on twenty items. */
function events(window: number): string {
  const lines = Array.from({ length: 40 }, (_, i) =>
    JSON.stringify({ ts: 40 * window + i, user: `u${i % 3}`, item: `w${window}-${i % 20}` }),
  );
  return `${lines.join('\n')}\n`;
}

describe.skipIf(!hasRedis())('cache-policy follow and executor', () => {
  it('steer a cache through a stream, beside one that nothing steers, and say no password', async () => {
    const servers = await Promise.all([startRedis(), startRedis(), startRedis()]);
    const [baseline, steered, ways] = servers.map(({ url }) => url);
    const plans = `redis-stream://${ways.slice('redis://'.length)}/0/plans`;
    const secret = steered.replace('//', '//default:hush@');
    writeFileSync(join(folder, 'events.jsonl'), '');
    writeFileSync(join(folder, 'items.csv'), 'item,title\nw0-0,hat\n');
    const executor = run(
      ...['executor', '--redis', `${steered}/0`, '--plans', plans],
      ...['--catalog', 'items.csv', '--port', '0'],
    );
    const follow = run(
      ...['follow', '--events', 'events.jsonl', '--from-start', '--plans', plans],
      ...['--redis', `${baseline}/0`, `${secret}/0`, '--every', '40', '--planner', 'ewma-drift'],
    );
    try {
      await Promise.all([executor.said(/listening/), follow.said(/steered/)]);
      for (let window = 0; window < 3; window++) {
        appendFileSync(join(folder, 'events.jsonl'), events(window));
        await follow.said(new RegExp(`window ${window} .*steered 50.0 %`));
      }
      await executor.said(/"outcome":"carried-out"/);
      expect(await follow.stop()).toBe(0);
      await follow.said(/followed {3}120 events, 3 windows/);
      expect(await executor.stop()).toBe(0);
      expect(follow.output()).not.toContain('hush');
    } finally {
      await Promise.all([follow.stop(), executor.stop()]);
      await Promise.all(servers.map((server) => server.stop()));
    }
  }, 60_000);

  it('refuse what names no place, and a namespace of all keys, as wrong input', async () => {
    const refused = [
      [1, 'transport.bad-url', ['follow', '--events', '-', '--plans', 'http://x']],
      [1, 'transport.bad-url', ['executor', '--redis', 'redis://h/0', '--plans', 'kafka://h/t']],
      [
        1,
        'cache.unreachable',
        ['executor', '--redis', 'h', '--plans', 'kafka://h:1/t', '--port', '0'],
      ],
      [
        1,
        'executor.bad-namespace',
        ['executor', '--redis', 'redis://h/0', '--plans', 'kafka://h:1/t', '--namespace', '*'],
      ],
      [
        2,
        '--port 70000',
        ['executor', '--redis', 'redis://h/0', '--plans', 'kafka://h:1/t', '--port', '70000'],
      ],
      [
        2,
        'Argument: planner',
        ['follow', '--events', '-', '--plans', 'kafka://h:1/t', '--planner', 'oracle'],
      ],
    ] as const;
    for (const [status, text, words] of refused) {
      const refusing = run(...words);
      await refusing.said(new RegExp(text));
      for (let i = 0; i < 100 && refusing.code() === null; i++) await sleep(50);
      expect(refusing.code()).toBe(status);
    }
  }, 60_000);
});
