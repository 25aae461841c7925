/**
 * `GET /suggest` of 100 hints out of a million prefixes, asked by wrk 2,000 times a second, first alone and then while
 * batches are ingested; then as often as the service can. Beside it what the machine and the load tool add by themselves:
 * a bare server of Node that sends as many bytes whatever it is asked.
 *
 * Usage: node benchmarks/prefix-index/service/run.ts [thousands of prefixes] [seconds]      (1000 and 15 unless told)
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { finished } from 'node:stream/promises';
import { watchStolenTime } from '../../support/stolen-time.ts';
import { eventOf } from './event-of.ts';

const BIN = join(import.meta.dirname, '../../../bin/prefix-indexer');
const SCRIPT = join(import.meta.dirname, 'suggest-load.lua');
const FEED = join(import.meta.dirname, 'feed.ts');
/** Of the events that are sent: later than those that the store holds. */
const SENT_MILLIS = 1_795_003_600_000;
/** In which a service that has just started compiles what it runs. */
const FIRST_SECONDS = 5;

const count = Number(process.argv[2] ?? 1000) * 1000;
const seconds = Number(process.argv[3] ?? 15);
const folder = mkdtempSync(join(tmpdir(), 'wavetune-service-bench-'));

interface LoadResult {
  readonly 'requests/s': number;
  readonly failed: number;
  readonly 'p50 ms': number;
  readonly 'p99 ms': number;
  readonly 'p99.9 ms': number;
  readonly 'max ms': number;
  readonly 'stolen %': number;
}

async function writeEvents(path: string): Promise<void> {
  const file = createWriteStream(path);
  for (let i = 0; i < count; i += 1000) {
    const lines = Array.from({ length: 1000 }, (_, j) => `${JSON.stringify(eventOf(i + j))}\n`);
    if (!file.write(lines.join(''))) await once(file, 'drain');
  }
  file.end();
  await finished(file);
}

async function startService(store: string): Promise<{ child: ChildProcess; url: string }> {
  const words = [
    'serve',
    '--store',
    store,
    '--port',
    '0',
    '--log-level',
    'error',
    '--rate-limit',
    '1000000',
  ];
  const child = spawn(BIN, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  let url = '';
  for await (const line of createInterface({ input: child.stdout! })) {
    url = /http:\S+/.exec(line)?.[0] ?? url;
    if (line === 'ready') break;
  }
  return { child, url };
}

/** In a process of its own, as the service is. */
async function startBareServer(answerBytes: number): Promise<{ child: ChildProcess; url: string }> {
  const words = [join(import.meta.dirname, 'bare-server.ts'), `${answerBytes}`];
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout! });
  const [url] = (await once(lines, 'line')) as [string];
  return { child, url };
}

async function askBareServer(answerBytes: number): Promise<LoadResult> {
  const { child, url } = await startBareServer(answerBytes);
  try {
    return await askedBy(url, true);
  } finally {
    child.kill('SIGTERM');
    await once(child, 'close');
  }
}

async function askedBy(url: string, isPaced: boolean, forSeconds = seconds): Promise<LoadResult> {
  const child = spawn('wrk', ['-t1', '-c40', `-d${forSeconds}s`, '-s', SCRIPT, url], {
    env: { ...process.env, WAVETUNE_PACED: isPaced ? '1' : '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const stolenPercent = watchStolenTime();
  let text = '';
  for await (const chunk of child.stdout) text += chunk;
  const stolen = stolenPercent();
  const [requests, took, failed, p50, p99, p999, max] = (/RESULT (.*)/.exec(text)?.[1] ?? '')
    .split(' ')
    .map(Number);
  return {
    'requests/s': Math.round(requests / took),
    failed,
    'p50 ms': p50,
    'p99 ms': p99,
    'p99.9 ms': p999,
    'max ms': max,
    'stolen %': stolen,
  };
}

interface Fed {
  readonly acknowledged: number;
  readonly refused: number;
  readonly millis: number;
}

async function staleAnswers(url: string): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  return Number(/^prefix_index_stale_answers_total (\d+)/m.exec(metrics)?.[1]);
}

/** Batches come from a process of their own. */
async function askedWhileFed(
  url: string,
  { kind, forSeconds, fromMillis }: { kind: 'one' | 'all'; forSeconds: number; fromMillis: number },
): Promise<{ readonly asked: LoadResult; readonly fed: Fed }> {
  const words = [FEED, url, `${forSeconds}`, kind, `${count}`, `${fromMillis}`];
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  const line = once(createInterface({ input: child.stdout }), 'line');
  const asked = await askedBy(url, true, forSeconds);
  return { asked, fed: JSON.parse(String((await line)[0])) as Fed };
}

const store = join(folder, 'index.duckdb');
const events = join(folder, 'events.jsonl');
await writeEvents(events);
execFileSync(BIN, ['ingest', events, '--store', store, '--quiet']);
const begin = performance.now();
const { child, url } = await startService(store);
console.log(
  `${count} prefixes, ready after ${((performance.now() - begin) / 1000).toFixed(2)} s; ${availableParallelism()} cores, load ${loadavg()[0].toFixed(1)} before`,
);
try {
  const answer = await (await fetch(`${url}/suggest?top_k=100`)).arrayBuffer();
  const bareBefore = await askBareServer(answer.byteLength);
  const first = await askedWhileFed(url, {
    kind: 'all',
    forSeconds: FIRST_SECONDS,
    fromMillis: SENT_MILLIS,
  });
  const alone = await askedBy(url, true);
  const byTenant = await askedWhileFed(url, {
    kind: 'one',
    forSeconds: seconds,
    fromMillis: SENT_MILLIS + 1_000_000,
  });
  const byAll = await askedWhileFed(url, {
    kind: 'all',
    forSeconds: seconds,
    fromMillis: SENT_MILLIS + 2_000_000,
  });
  const bareAfter = await askBareServer(answer.byteLength);
  const most = await askedBy(url, false);
  console.table({
    'bare server, before': bareBefore,
    [`ingesting, the first ${FIRST_SECONDS} s`]: first.asked,
    alone,
    'ingesting, a tenant a batch': byTenant.asked,
    'ingesting, all tenants in each': byAll.asked,
    'bare server, after': bareAfter,
    'as often as it can': most,
  });
  console.log(
    `answers of ${answer.byteLength} bytes; ${await staleAnswers(url)} were older than the last change`,
  );
  for (const { fed } of [byTenant, byAll]) {
    const rate = Math.round(fed.acknowledged / seconds);
    console.log(
      `ingested meanwhile ${rate} events/s in batches of 100, ${fed.refused} refused, acknowledged after ${fed.millis.toFixed(1)} ms at the median`,
    );
  }
  console.log(`load ${loadavg()[0].toFixed(1)} after`);
} finally {
  child.kill('SIGTERM');
  await once(child, 'close');
  rmSync(folder, { recursive: true });
}
