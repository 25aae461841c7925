import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decodePolicies, type Policies } from '@wavetune/documents';
import { describe, expect, it } from 'vitest';
import { runCli } from './support/run-cli.ts';
import { scratchFolder } from './support/scratch.ts';
import { hasSharedData, sharedData } from './support/shared-data.ts';

const folder = scratchFolder('replay-tuner');
const CHAT = fileURLToPath(new URL('../assets/samples/chat.jsonl', import.meta.url));
const CONVERSATION = 'mooncake/conversation_trace.jsonl';
const OLD = '{"schema":"policies/1","old":true}';

type Cache = NonNullable<Policies['cache']>;

function place(name: string): string {
  const path = join(folder, name);
  mkdirSync(path, { recursive: true });
  return path;
}

/** Runs the tuner into a folder of its own and reads what it wrote. */
async function tuned(name: string, ...words: readonly string[]): Promise<Cache> {
  const home = place(name);
  const out = join(home, 'policies.json');
  const outcome = await runCli('replay-tuner', [...words, '--out', out]);
  expect(outcome.stderr).toBe('');
  expect(outcome.status).toBe(0);
  const { cache } = decodePolicies(readFileSync(out, 'utf8'));
  if (cache === null) throw new Error('no cache part');
  return cache;
}

/** Mooncake records, one a second. */
function traceOf(name: string, chains: readonly (readonly number[])[]): string {
  const path = join(folder, name);
  const lines = chains.map((ids, i) =>
    JSON.stringify({
      timestamp: 1000 * i,
      input_length: 512 * ids.length,
      output_length: 1,
      hash_ids: ids,
    }),
  );
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
}

describe.skipIf(!hasSharedData(CONVERSATION))('replay-tuner on the conversation trace', () => {
  it('beats LRU on requests that it never saw, and tells engines only what beats their default', async () => {
    const cache = await tuned(
      'conversation',
      ...['--trace', sharedData(CONVERSATION), '--model', 'llama-3.1-8b', '--memory', '512GiB'],
      ...['--engine', 'all', '--engine-dir', place('conversation')],
    );
    expect(cache.capacity_blocks).toBe(8192);
    expect(cache.default).toMatchObject({ policy: 'lru', hit_tokens: 12_781_765 });
    expect(cache.optimum.hit_tokens).toBe(27_038_068);
    expect(cache.ceiling.hit_tokens).toBe(27_038_068);
    expect(cache.verdict).toBe('use');
    expect(cache.ours.hit_tokens).toBeGreaterThan(15_000_000);
    expect(cache.gain?.hit_ratio).toBeGreaterThan(cache.gain?.standard_error ?? 1);
    expect(cache.engines.map(({ engine }) => engine)).toEqual([
      'vllm',
      'sglang',
      'lmcache',
      'tensorrt-llm',
    ]);
    for (const { verdict, gain, settings, files, reason } of cache.engines) {
      const isWorthIt = gain !== null && gain.hit_ratio > gain.standard_error;
      expect(verdict).toBe(isWorthIt ? 'use' : 'keep default');
      expect(Object.keys(settings).length > 0).toBe(isWorthIt);
      for (const file of files) expect(existsSync(join(folder, 'conversation', file))).toBe(true);
      const text = readFileSync(join(folder, 'conversation', files[0]), 'utf8');
      expect(text).toContain(verdict);
      expect(text).toContain(reason.split(' ').slice(0, 4).join(' '));
    }
  });
});

describe('replay-tuner', () => {
  it('writes the same bytes with 1, 2 and 8 threads, the engines’ files too', async () => {
    const runs = ['1', '2', '8'].map(async (threads) => {
      const home = place(`threads-${threads}`);
      await runCli('replay-tuner', [
        ...['--trace', CHAT, '--model', 'llama-3.1-8b', '--memory', '10GiB', '--engine', 'all'],
        ...['--engine-dir', home, '--out', join(home, 'policies.json'), '--threads', threads],
      ]);
      const files = readdirSync(home).sort();
      return files.map((file) => [file, readFileSync(join(home, file), 'utf8')]);
    });
    const [one, two, eight] = await Promise.all(runs);
    expect(two).toEqual(one);
    expect(eight).toEqual(one);
    expect(one.length).toBeGreaterThanOrEqual(5);
  });

  it('never looks at the measured requests when it tunes', async () => {
    const lines = readFileSync(CHAT, 'utf8').trimEnd().split('\n');
    const other = join(folder, 'other-end.jsonl');
    const half = lines.length / 2;
    const end = lines.slice(half).map((line) => {
      const record = JSON.parse(line);
      return JSON.stringify({
        ...record,
        hash_ids: record.hash_ids.map((id: number) => 1e6 + (id % 7)),
      });
    });
    writeFileSync(other, `${[...lines.slice(0, half), ...end].join('\n')}\n`);
    const options = ['--capacity', '200', '--max-bad', '1'];
    const [ours, theirs] = await Promise.all([
      tuned('end-ours', '--trace', CHAT, ...options),
      tuned('end-other', '--trace', other, ...options),
    ]);
    expect(theirs.candidates).toEqual(ours.candidates);
    expect(theirs.cohorts).toEqual(ours.cohorts);
    expect(theirs.ours.policy).toBe(ours.ours.policy);
    expect(theirs.windows.tuned).toEqual(ours.windows.tuned);
    expect(theirs.ours.hit_tokens).not.toBe(ours.ours.hit_tokens);
  });

  it('compares candidates on the last references alone where it is told to, and judges on all the rest', async () => {
    const options = ['--trace', CHAT, '--capacity', '100'];
    const [all, last] = await Promise.all([
      tuned('compared-all', ...options),
      tuned('compared-last', ...options, '--compared-references', '1500'),
    ]);
    expect(all.windows.compared).toBeUndefined();
    const { compared, validated } = last.windows;
    expect(compared?.from).toBeGreaterThan(0);
    expect(validated.requests).toBe(Math.ceil((compared?.requests ?? 0) / 3));
    expect(last.candidates).not.toEqual(all.candidates);
    expect(last.windows.measured).toEqual(all.windows.measured);
    expect(last).toMatchObject({
      default: all.default,
      optimum: all.optimum,
      cohorts: all.cohorts,
    });
  });

  it('keeps the default where the whole trace fits, and says so', async () => {
    const out = join(place('roomy'), 'policies.json');
    const words = ['--trace', CHAT, '--capacity', '1000000', '--out', out];
    const { stdout } = await runCli('replay-tuner', words);
    expect(stdout).toMatch(/the whole trace fits, nothing is evicted/);
    expect(stdout).toMatch(/keep default: nothing else was better than lru/);
    const { cache } = decodePolicies(readFileSync(out, 'utf8'));
    expect(cache).toMatchObject({ policy: 'lru', verdict: 'keep default', table: null, pins: [] });
    expect(cache?.ours.hit_tokens).toBe(cache?.ceiling.hit_tokens);
  });

  it('keeps the default where what won when choosing loses on the measured requests', async () => {
    const scan = (i: number): readonly number[] => (i % 3 === 0 ? [1, 2] : [10 + i]);
    const recent = (i: number): readonly number[] => [1000 + Math.floor(i / 2)];
    const chains = Array.from({ length: 600 }, (_, i) => (i < 300 ? scan(i) : recent(i)));
    const trace = traceOf('turned.jsonl', chains);
    const cache = await tuned('turned', '--trace', trace, '--capacity', '2');
    const chosen = cache.candidates.find(({ policy }) => policy === cache.ours.policy);
    const lru = cache.candidates.find(({ policy }) => policy === 'lru');
    expect(chosen?.hit_tokens).toBeGreaterThan(lru?.hit_tokens ?? 0);
    expect(cache).toMatchObject({ verdict: 'keep default', policy: 'lru', table: null });
    expect(cache.ours.hit_tokens).toBeLessThan(cache.default.hit_tokens);
    expect(cache.reason).toMatch(/^learned against lru: -/);
  });

  it('gives prefixes a time to live and a priority without a model too', async () => {
    const { cohorts } = await tuned(
      'rules',
      '--trace',
      CHAT,
      '--capacity',
      '10%',
      '--cohorts',
      '5',
    );
    expect(cohorts).toHaveLength(5);
    for (const { ttl_seconds, priority } of cohorts) {
      expect(ttl_seconds).toBeGreaterThanOrEqual(0);
      expect(priority).toBeGreaterThanOrEqual(1);
      expect(priority).toBeLessThanOrEqual(100);
    }
  });

  it('writes the document to standard output, or a summary of it', async () => {
    const words = ['--trace', CHAT, '--capacity', '10%'];
    const [document, summary] = await Promise.all([
      runCli('replay-tuner', [...words, '--out', '-']),
      runCli('replay-tuner', [...words, '--json', '--out', join(place('json'), 'p.json')]),
    ]);
    const { cache } = decodePolicies(document.stdout);
    expect(JSON.parse(summary.stdout)).toMatchObject({
      policy: cache?.policy,
      verdict: cache?.verdict,
      ours: cache?.ours,
    });
  });
});

describe('replay-tuner refuses, and leaves the old file intact,', () => {
  const lengths = join(folder, 'lengths.csv');
  writeFileSync(
    lengths,
    'TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:17:03.9799600,4808,10\n',
  );
  const chat = ['--trace', CHAT];
  const model = ['--model', 'llama-3.1-8b'];
  it.each<[string, readonly string[], number, RegExp]>([
    ['no room', [...chat, '--capacity', '0'], 1, /cache-sizing\.no-capacity/],
    [
      'memory for less than one block',
      [...chat, ...model, '--memory', '1MiB'],
      1,
      /cache-sizing\.too-small/,
    ],
    ['an empty window', [...chat, '--capacity', '5%', '--measure-from', '1'], 1, /empty-window/],
    [
      'nothing to tune on',
      [...chat, '--capacity', '5%', '--measure-from', '0'],
      1,
      /replay-tuner\.nothing-to-tune/,
    ],
    [
      'a model that nobody knows',
      [...chat, '--memory', '1GiB', '--model', 'lama-3.1-8b'],
      1,
      /nearest name is llama-3\.1-8b/,
    ],
    ['lengths alone', ['--trace', lengths, '--capacity', '5%'], 1, /trace\.length-only/],
    [
      'a folder for engines that is a file',
      [...chat, ...model, '--memory', '1GiB', '--engine', 'vllm', '--engine-dir', lengths],
      1,
      /replay-tuner\.bad-engine-dir/,
    ],
    ['memory without a model', [...chat, '--memory', '1GiB'], 2, /--memory needs --model/],
    [
      'to compare on nothing',
      [...chat, '--capacity', '9', '--compared-references', '0'],
      2,
      /--compared-references 0/,
    ],
    ['neither memory nor capacity', chat, 2, /--memory or --capacity/],
    ['an engine that nobody knows', [...chat, ...model, '--engine', 'vlm'], 2, /engine/],
    ['an engine without a model', [...chat, '--capacity', '9', '--engine', 'vllm'], 2, /--model/],
  ])('%s', async (name, words, status, message) => {
    const home = place(name);
    const out = join(home, 'policies.json');
    writeFileSync(out, OLD);
    const outcome = await runCli('replay-tuner', [...words, '--out', out]);
    expect(outcome.stderr).toMatch(message);
    expect(outcome.stderr).not.toMatch(/\n\s+at /);
    expect(outcome.status).toBe(status);
    expect(readFileSync(out, 'utf8')).toBe(OLD);
    expect(readdirSync(home)).toEqual(['policies.json']);
  });
});
