import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decodePolicies, type Policies } from '@wavetune/documents';
import { describe, expect, it } from 'vitest';
import { runCli } from './support/run-cli.ts';
import { scratchFolder } from './support/scratch.ts';
import { hasSharedData, sharedData } from './support/shared-data.ts';

const folder = scratchFolder('replay-tuner-kernels');
const CHAT = fileURLToPath(new URL('../assets/samples/chat.jsonl', import.meta.url));
const KEYS = fileURLToPath(new URL('../assets/samples/keys.csv', import.meta.url));
const CONVERSATION = 'mooncake/conversation_trace.jsonl';
const OLD = '{"schema":"policies/1","old":true}';
const chat = ['--trace', CHAT];
const qwen = ['--model', 'qwen3-30b-a3b', '--device', 'H200'];

function write(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

function place(name: string): string {
  const path = join(folder, name);
  mkdirSync(path, { recursive: true });
  return path;
}

/** Runs the tuner and reads what it wrote. */
async function tuned(name: string, words: readonly string[]): Promise<Policies> {
  const out = join(place(name), 'policies.json');
  const outcome = await runCli('replay-tuner', [...words, '--out', out]);
  expect(outcome.stderr).toBe('');
  expect(outcome.status).toBe(0);
  return decodePolicies(readFileSync(out, 'utf8'));
}

type Kernel = NonNullable<Policies['kernels']>[number];

/** What a sweep would say of a kernel's own problem. */
function timingOf({ problem, M }: Kernel, changed: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({
    device: problem.device,
    ...{ kind: 'dense', dtype: problem.dtype, m: M, n: problem.N, k: problem.K },
    policy: { ...TILE },
    micros: 1,
    ...changed,
  });
}

const TILE = {
  ...{ BM: 64, BN: 64, BK: 64, swizzle_size: 4 },
  ...{ stage_depth: 3, num_warps: 4, split_k: 1 },
};

describe.skipIf(!hasSharedData(CONVERSATION))('replay-tuner --device on the conversation', () => {
  it('writes vLLM’s tables by the names that it looks up, and says where they go', async () => {
    const home = place('conversation-vllm');
    const words = ['--trace', sharedData(CONVERSATION), '--model', 'deepseek-v3'];
    const policies = await tuned('conversation', [
      ...[...words, '--tp', '8', '--ep', '8', '--device', 'H200', '--dtype', 'fp8'],
      ...['--engine', 'vllm', '--engine-dir', home],
    ]);
    expect(policies.cache).toBeNull();
    expect(policies.cache_absent).toMatch(/no --memory or --capacity/);
    const { waves, files } = policies.kernel_run ?? {};
    expect(waves?.prefill_tokens).toBe(144_793_823);
    const moe = 'E=32,N=2048,device_name=NVIDIA_H200,dtype=fp8_w8a8,block_shape=[128,128].json';
    const dense = 'N=512,K=7168,device_name=NVIDIA_H200,dtype=fp8_w8a8,block_shape=[128,128].json';
    expect(readdirSync(home)).toContain(moe);
    expect(readdirSync(join(home, 'block-fp8'))).toContain(dense);
    expect(files?.[0].notes.join('\n')).toMatch(/copy block-fp8\/\*\.json into vllm\//);
    const total = policies.kernel_totals?.find(({ role }) => role === null);
    expect(total?.micros).toBeLessThan(total?.baseline_micros ?? 0);
  });
});

describe('replay-tuner --device', () => {
  it('tunes kernels on lengths alone, and never says a hit rate', async () => {
    const rows = Array.from(
      { length: 50 },
      (_, i) => `2023-11-16 18:17:${String(i).padStart(2, '0')}.0000000,${100 * (i + 1)},${i + 1}`,
    );
    const head = 'TIMESTAMP,ContextTokens,GeneratedTokens';
    const trace = write('lengths.csv', `${[head, ...rows].join('\n')}\n`);
    const words = ['--trace', trace, '--model', 'llama-3.1-70b', '--tp', '4', '--device', 'H100'];
    const policies = await tuned('lengths', [...words, '--memory', '40GiB']);
    expect(policies.cache).toBeNull();
    expect(policies.cache_absent).toMatch(/lengths alone/);
    expect(policies.kernel_run?.cache).toMatch(/^none, every prompt token is computed/);
    expect(policies.kernel_run?.waves.prefill_tokens).toBe(127_500);
    const { stdout } = await runCli('replay-tuner', [...words, '--out', join(folder, 'l.json')]);
    expect(stdout).not.toMatch(/hit ratio/);
    for (const words of [/Steps by tokens/, /Chosen tiles over M/, /gain of the whole model/]) {
      expect(stdout).toMatch(words);
    }
  });

  it('removes what the tuned cache hits, with the same bytes on 1 and 2 threads', async () => {
    const runs = ['1', '2'].map(async (threads) => {
      const home = place(`threads-${threads}`);
      const out = join(home, 'policies.json');
      await runCli('replay-tuner', [
        ...[...chat, ...qwen, '--memory', '10GiB', '--engine', 'all', '--engine-dir', home],
        ...['--out', out, '--threads', threads],
      ]);
      const files = readdirSync(home, { recursive: true, withFileTypes: true });
      return files
        .filter((file) => file.isFile())
        .map((file) => join(file.parentPath, file.name))
        .sort()
        .map((path) => [path.slice(home.length), readFileSync(path, 'utf8')]);
    });
    const [one, two] = await Promise.all(runs);
    expect(two).toEqual(one);
    expect(one.map(([name]) => name)).toEqual(
      expect.arrayContaining([
        '/E=128,N=768,device_name=NVIDIA_H200.json',
        '/configs/triton_3_5_1/E=128,N=768,device_name=NVIDIA_H200.json',
        '/bcache-tiles.json',
        '/cutlass-profiler.args',
        '/triton_configs.py',
        '/vllm.args',
      ]),
    );
    const document = one.find(([name]) => name === '/policies.json')?.[1] ?? '';
    const { cache, kernel_run } = decodePolicies(document);
    expect(cache?.verdict).toBe('use');
    expect(kernel_run?.cache).toMatch(/prompt tokens hit and left out/);
    expect(kernel_run?.waves.prefill_tokens).toBeLessThan(3_522_309);
  });

  it('believes timings, takes an engine’s tuned file as evidence, keeps the incumbent', async () => {
    const policies = await tuned('first', [...chat, ...qwen]);
    const kernel = policies.kernels?.find(({ problem }) => problem.role === 'qkv');
    if (kernel === undefined) throw new Error('no qkv');
    const slow = timingOf(kernel, { policy: kernel.baseline.policy, micros: 2 });
    const sweep = write('sweep.jsonl', `${timingOf(kernel, {})}\n${slow}\n`);
    const name = 'E=128,N=768,device_name=NVIDIA_H200.json';
    const entry = {
      ...{ BLOCK_SIZE_M: 16, BLOCK_SIZE_N: 256, BLOCK_SIZE_K: 32, GROUP_SIZE_M: 1 },
      ...{ num_warps: 4, num_stages: 3 },
    };
    const file = write(name, JSON.stringify({ triton_version: '3.5.1', 16: entry }));
    const out = join(folder, 'first', 'policies.json');
    const again = await tuned('again', [
      ...[...chat, ...qwen, '--measured', sweep, file, '--incumbent', out],
    ]);
    const measured = again.kernels?.filter(({ source }) => source === 'measured') ?? [];
    expect(measured.map(({ M, policy, gain }) => [M, policy, gain])).toEqual([[kernel.M, TILE, 1]]);
    const { incumbent } = again.kernel_run?.stability ?? {};
    expect(incumbent?.problems).toBe(policies.kernels?.length);
    expect(incumbent?.changed_share).toBeLessThan(0.05);
    const fromFile = await tuned('from-file', [...chat, ...qwen, '--measured', file]);
    const neighbours = fromFile.kernels?.filter(({ source }) => source === 'neighbour') ?? [];
    expect(neighbours.length).toBeGreaterThan(0);
    for (const { problem, ours } of neighbours) {
      expect([problem.role, ours.policy.BM, ours.policy.BN]).toEqual(['moe', 16, 256]);
    }
  });

  it('takes the small tiles where K is no multiple of 16, and sets any rule beside', async () => {
    const config = write(
      'config.json',
      JSON.stringify({
        ...{ model_type: 'llama', hidden_size: 1000, num_hidden_layers: 2 },
        ...{ num_attention_heads: 10, intermediate_size: 2008, vocab_size: 32_000 },
      }),
    );
    const words = [...chat, '--model', config, '--device', 'A100', '--strategy', 'datajax'];
    const { kernels, kernel_run } = await tuned('unaligned', words);
    for (const { ours, baseline, policy, verdict } of kernels ?? []) {
      expect([
        [16, 32, 64],
        [64, 64, 32],
      ]).toContainEqual([ours.policy.BM, ours.policy.BN, ours.policy.BK]);
      expect(baseline.name).toBe('datajax');
      if (!baseline.feasible) expect([verdict, policy]).toEqual(['use', ours.policy]);
    }
    expect(kernel_run?.strategies.map(({ name }) => name)).toEqual([
      ...['vllm', 'vllm-2025', 'sglang', 'datajax', 'bcache'],
    ]);
  });

  it('prints what is plotted as data', async () => {
    const words = [...chat, ...qwen, '--json', '--out', join(folder, 'json.json')];
    const { kernels } = JSON.parse((await runCli('replay-tuner', words)).stdout);
    expect(kernels.run.waves.histogram.length).toBeGreaterThan(3);
    expect(kernels.tiles_over_m).toHaveLength(kernels.problems);
    expect(kernels.gain_over_m).toHaveLength(kernels.run.waves.histogram.length);
  });
});

describe('replay-tuner --device refuses, and leaves the old file intact,', () => {
  const timing = {
    ...{ device: 'H200', kind: 'dense', dtype: 'bf16', m: 1, n: 5120, k: 2048 },
    ...{ policy: TILE, micros: 1 },
  };
  const jsonl = (name: string, changed: object): string =>
    write(name, JSON.stringify({ ...timing, ...changed }));
  const empty = write('empty.jsonl', '');
  const tunedFile = (device: string, m: number): string => {
    place('tuned-files');
    const name = join('tuned-files', `E=128,N=768,device_name=${device}.json`);
    return write(name, JSON.stringify({ [m]: { BLOCK_SIZE_M: 16 } }));
  };
  it.each<[string, readonly string[], number, RegExp]>([
    [
      'an unknown device',
      [...chat, '--model', 'qwen3-8b', '--device', 'H2000'],
      1,
      /nearest name is H200/,
    ],
    [
      'an unknown model',
      [...chat, '--model', 'qwen3-9b', '--device', 'H200'],
      1,
      /nearest name is qwen3-8b/,
    ],
    [
      'a tp that does not divide the heads',
      [...chat, ...qwen, '--tp', '3'],
      1,
      /kernels\.indivisible/,
    ],
    [
      'an ep that does not divide the experts',
      [...chat, ...qwen, '--ep', '3'],
      1,
      /kernels\.indivisible/,
    ],
    [
      'a log of keys',
      ['--trace', KEYS, '--model', 'llama-3.1-8b', '--device', 'H100'],
      1,
      /replay-tuner\.no-tokens/,
    ],
    ['an empty trace', ['--trace', empty, ...qwen], 1, /trace\.|ingest\./],
    [
      'an M of 0',
      [...chat, ...qwen, '--measured', jsonl('m0.jsonl', { m: 0 })],
      1,
      /m is 0; accepted is a positive/,
    ],
    [
      'timings of another device',
      [...chat, ...qwen, '--measured', jsonl('a100.jsonl', { device: 'A100' })],
      1,
      /bad-measurement: .*wanted is H200/,
    ],
    [
      'timings that are no number',
      [...chat, ...qwen, '--measured', jsonl('nan.jsonl', { micros: Number.NaN })],
      1,
      /the time is no positive number/,
    ],
    [
      'a tuned file of another device',
      [...chat, ...qwen, '--measured', tunedFile('NVIDIA_A100', 1)],
      1,
      /replay-tuner\.other-device/,
    ],
    [
      'a tuned file with an M of 0',
      [...chat, ...qwen, '--measured', tunedFile('NVIDIA_H200', 0)],
      1,
      /replay-tuner\.bad-tuned-file/,
    ],
    [
      'a rule that nobody knows',
      [...chat, ...qwen, '--strategy', 'default:trt'],
      1,
      /kernels\.unknown-strategy/,
    ],
    ['a device without a model', [...chat, '--device', 'H200'], 2, /--device needs --model/],
    ['no tokens a step', [...chat, ...qwen, '--token-budget', '0'], 2, /--token-budget 0/],
    [
      'kernels’ options without a device',
      [...chat, '--capacity', '9', '--measured', 'x'],
      2,
      /need --device/,
    ],
    [
      'an engine that has no kernels',
      [...chat, ...qwen, '--engine', 'lmcache'],
      2,
      /--engine lmcache needs --memory/,
    ],
  ])('%s', async (name, words, status, message) => {
    const home = place(`refused ${name}`);
    const out = join(home, 'policies.json');
    writeFileSync(out, OLD);
    const outcome = await runCli('replay-tuner', [...words, '--out', out]);
    expect(outcome.stderr).toMatch(message);
    expect(outcome.stderr).not.toMatch(/\n\s+at /);
    expect(outcome.status).toBe(status);
    expect(readFileSync(out, 'utf8')).toBe(OLD);
  });
});
