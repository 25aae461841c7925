import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type CacheReplay, decodeCacheReplay } from '@wavetune/documents';
import { describe, expect, it } from 'vitest';
import { runCli } from './support/run-cli.ts';
import { scratchFolder } from './support/scratch.ts';
import { hasSharedData, sharedData } from './support/shared-data.ts';

const folder = scratchFolder('replay-cache');
const CHAT = fileURLToPath(new URL('../assets/samples/chat.jsonl', import.meta.url));
const MIX = fileURLToPath(new URL('../assets/samples/mix.jsonl', import.meta.url));
const CONVERSATION = 'mooncake/conversation_trace.jsonl';

async function replayOf(...words: readonly string[]): Promise<CacheReplay> {
  const outcome = await runCli('replay-cache', [...words, '--json']);
  expect(outcome.stderr).toBe('');
  expect(outcome.status).toBe(0);
  return decodeCacheReplay(outcome.stdout);
}

const tokensOf = ({ results }: CacheReplay, policy: string): readonly number[] =>
  results.filter((result) => result.policy === policy).map(({ hitTokens }) => hitTokens);

describe.skipIf(!hasSharedData(CONVERSATION))('replay-cache on the conversation trace', () => {
  const trace = ['--trace', sharedData(CONVERSATION), '--capacities', '32,128,512,2048,8192,32768'];

  it('reproduces the reference table to the token', async () => {
    const closed = await replayOf(...trace, '--policies', 'fifo,lru,optimum');
    const free = await replayOf(...trace, '--policies', 'fifo', '--residency', 'free');
    expect(closed.window).toEqual({ from: 0.5, requests: 6016, inputTokens: 67_915_607 });
    expect(closed.ceiling.hitTokens).toBe(27_038_068);
    expect(tokensOf(free, 'fifo')).toEqual([
      1_943_040, 2_661_376, 2_961_480, 3_728_351, 11_210_017, 21_376_864,
    ]);
    expect(tokensOf(closed, 'fifo')).toEqual([
      3_080_192, 3_080_581, 3_083_336, 3_832_799, 12_800_309, 24_144_980,
    ]);
    expect(tokensOf(closed, 'lru')).toEqual([
      3_080_192, 3_080_581, 3_085_579, 3_833_192, 12_781_765, 24_161_208,
    ]);
    expect(tokensOf(closed, 'optimum')).toEqual([
      3_812_262, 5_415_511, 9_628_909, 18_226_289, 27_038_068, 27_038_068,
    ]);
  });

  it('ranks by a learned table better than LRU and ARC, and below the optimum', async () => {
    const replay = await replayOf(...trace, '--policies', 'lru,arc,learned,optimum');
    const [lru, arc, learned, optimum] = ['lru', 'arc', 'learned', 'optimum'].map((policy) =>
      tokensOf(replay, policy).slice(2),
    );
    learned.forEach((tokens, i) => {
      expect(tokens).toBeGreaterThan(Math.max(lru[i], arc[i]));
      expect(tokens).toBeLessThan(optimum[i]);
    });
  });

  it('draws the curve that simulations lie on', async () => {
    const { curves = [] } = await replayOf(...trace, '--curve', 'lru');
    const at = curves[0].capacityBlocks.indexOf(1);
    expect(curves[0].hitTokens[at]).toBe(3_080_192);
    expect(curves[0].hitTokens.at(-1)).toBe(27_038_068);
    expect(curves[0].capacityBlocks.at(-1)).toBe(182_790);
  });
});

describe('replay-cache', () => {
  it('prints every policy with its hit-token ratio, ceiling and optimum, as table and plot', async () => {
    const { stdout, stderr, status } = await runCli('replay-cache', ['--trace', CHAT]);
    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^ceiling \(no limit\)(\s+\d+\.\d\d %){5}$/m);
    expect(stdout).toMatch(/^optimum \(knows the future\)(\s+\d+\.\d\d %){5}$/m);
    for (const policy of ['lru', 's3-fifo', 'w-tinylfu', 'sglang-lru', 'vllm']) {
      expect(stdout).toMatch(new RegExp(`^${policy}(\\s+\\d+\\.\\d\\d %){5}$`, 'm'));
      expect(stdout).toMatch(new RegExp(`^${policy}\\s+[·\\d│ ]+$`, 'm'));
    }
  });

  it('writes the same bytes with 1, 2 and 8 threads', async () => {
    const texts = await Promise.all(
      ['1', '2', '8'].map(async (threads) => {
        const out = join(folder, `threads-${threads}.json`);
        const words = ['--trace', MIX, '--block-size', '256', '--why', '--out', out];
        await runCli('replay-cache', [...words, '--threads', threads]);
        return readFileSync(out, 'utf8');
      }),
    );
    expect(texts[1]).toBe(texts[0]);
    expect(texts[2]).toBe(texts[0]);
    expect(decodeCacheReplay(texts[0]).misses).toHaveLength(5);
  });

  it('evicts nothing from a cache larger than the trace, and hits the ceiling', async () => {
    const replay = await replayOf(
      '--trace',
      CHAT,
      '--capacities',
      '1000000',
      '--policies',
      'lru,arc',
    );
    for (const { hitTokens, evictions } of replay.results) {
      expect({ hitTokens, evictions }).toEqual({
        hitTokens: replay.ceiling.hitTokens,
        evictions: 0,
      });
    }
  });

  it('reads sizes in bytes with a model, and models the prefill that is saved', async () => {
    const words = ['--trace', CHAT, '--model', 'llama-3.1-8b', '--policies', 'lru,lru-k:k=3'];
    const { results } = await replayOf(...words, '--capacities', '10GiB');
    expect(results.map(({ capacityBlocks }) => capacityBlocks)).toEqual([160, 160]);
    expect(results[1].parameters).toEqual({ k: 3 });
    expect(results[0].savedPrefillSeconds).toBeGreaterThan(0);
  });

  it('shares a cache out among tenants and replicas', async () => {
    const words = [
      '--trace',
      MIX,
      '--block-size',
      '256',
      '--policies',
      'lru,optimum',
      '--capacities',
      '30%',
    ];
    const [whole, routed, tenants] = await Promise.all([
      replayOf(...words),
      replayOf(...words, '--replicas', '4', '--routing', 'round-robin'),
      replayOf(...words, '--tenants', 'partitioned', '--why'),
    ]);
    for (const split of [routed, tenants]) {
      expect(tokensOf(split, 'lru')[0]).toBeLessThan(tokensOf(whole, 'lru')[0]);
      expect(tokensOf(split, 'lru')[0]).toBeLessThanOrEqual(tokensOf(split, 'optimum')[0]);
    }
    expect(tenants.split).toEqual({ by: 'tenants', caches: 8, routing: null });
    expect(tenants.misses?.[0].blocks.elsewhere).toBeGreaterThanOrEqual(0);
    const hit = tenants.tenants?.reduce((sum, { hitTokens }) => sum + hitTokens, 0);
    expect(hit).toBe(tokensOf(tenants, 'lru')[0]);
  });

  it('says expired of what outlived its time, also where that moves with the pressure', async () => {
    const trace = join(folder, 'expiry.jsonl');
    const requests = [0, 1000, 5000].map((seconds) => ({
      timestamp: 1000 * seconds,
      input_length: 512,
      output_length: 1,
      hash_ids: [7],
    }));
    writeFileSync(trace, requests.map((request) => `${JSON.stringify(request)}\n`).join(''));
    const words = ['--trace', trace, '--capacities', '9', '--measure-from', '0', '--why'];
    for (const policy of ['ttl:seconds=1800', 'ttl-pressure']) {
      const { misses } = await replayOf(...words, '--policies', policy);
      expect(misses?.[0].blocks).toMatchObject({ cold: 1, expired: 1, evicted: 0 });
    }
  });

  it('cuts one stack into exclusive tiers that hit what one cache of their sum hits', async () => {
    const model = ['--trace', CHAT, '--model', 'llama-3.1-8b'];
    const [{ tiers }, { results }] = await Promise.all([
      replayOf(...model, '--tiers', 'gpu=5GiB,cpu=15GiB@50'),
      replayOf(...model, '--capacities', '20GiB', '--policies', 'lru'),
    ]);
    expect(tiers?.hitTokens).toBe(results[0].hitTokens);
    expect(tiers?.tiers.map(({ capacityBlocks }) => capacityBlocks)).toEqual([80, 240]);
  });

  it('says how sure a sampled curve is', async () => {
    const { curves = [] } = await replayOf('--trace', CHAT, '--curve', 'lru', '--sample', '0.5');
    expect(curves[0].sampleRatio).toBe(0.5);
    expect(curves[0].meanError).toBeGreaterThan(0);
  });

  it('samples a curve within a number of blocks', async () => {
    const words = ['--trace', CHAT, '--curve', 'lru', '--sample-size', '300'];
    const { curves = [], ceiling } = await replayOf(...words);
    expect(curves[0].sampleRatio).toBeGreaterThan(0);
    expect(curves[0].sampleRatio).toBeLessThan(0.5);
    expect(curves[0].meanError).toBeGreaterThan(0);
    expect(curves[0].hitTokens.at(-1)).toBeLessThanOrEqual(ceiling.hitTokens);
  });

  it('estimates policies from a sample of the chains, and says how sure that is', async () => {
    const words = ['--trace', CHAT, '--policies', 'lru,s3-fifo,optimum', '--capacities', '25%'];
    const [exact, sampled] = await Promise.all([
      replayOf(...words),
      replayOf(...words, '--sample', '0.5'),
    ]);
    for (const [i, { sample, hitRatio, evictions }] of sampled.results.entries()) {
      expect(evictions).toBeNull();
      expect(sample?.ratio).toBe(0.5);
      expect(sample?.standardError).toBeGreaterThan(0);
      expect(Math.abs((hitRatio ?? 0) - (exact.results[i].hitRatio ?? 1))).toBeLessThan(0.1);
      expect(exact.results[i].sample).toBeUndefined();
    }
    const { stdout } = await runCli('replay-cache', [...words, '--sample', '0.5']);
    expect(stdout).toMatch(/^estimates, not counts: mean of 5 samples of 50\.00 % of the chains/m);
  });

  it('writes beside the policies the curves that it draws in their place', async () => {
    const words = ['--trace', CHAT, '--policies', 'lru', '--capacities', '10%'];
    const [lru, ttl] = ['lru', 'ttl'].map((name) => join(folder, `${name}-beside.json`));
    await replayOf(...words, '--lru-curve-out', lru, '--ttl-curve-out', ttl);
    for (const [curve, path] of [
      ['lru', lru],
      ['ttl', ttl],
    ]) {
      const alone = await replayOf('--trace', CHAT, '--curve', curve);
      expect(decodeCacheReplay(readFileSync(path, 'utf8'))).toEqual(alone);
    }
  });

  it('explains at some of the capacities alone what it would at all', async () => {
    const words = ['--trace', CHAT, '--policies', 'lru,arc,optimum', '--capacities', '5%, 10%'];
    const [all, one] = await Promise.all([
      replayOf(...words, '--why'),
      replayOf(...words, '--why-at', '10%'),
    ]);
    expect(one.results).toEqual(all.results);
    expect(all.losses?.length).toBe(2);
    expect(one.misses).toEqual(all.misses?.slice(1));
    expect(one.losses).toEqual(all.losses?.slice(1));
  });

  it('explains what a learned table missed', async () => {
    const words = ['--trace', CHAT, '--policies', 'learned,optimum', '--capacities', '10%'];
    const { misses = [], losses = [], results } = await replayOf(...words, '--why');
    expect(misses.map(({ policy }) => policy)).toEqual(['learned']);
    expect(misses[0].blocks.evicted).toBeGreaterThan(0);
    expect(losses[0].hitTokens).toBe(results[0].hitTokens);
  });

  it('reaches the ceiling with the longest time to live', async () => {
    const { ttlCurve, ceiling } = await replayOf('--trace', CHAT, '--curve', 'ttl');
    expect(ttlCurve?.hitTokens.at(-1)).toBe(ceiling.hitTokens);
  });

  it('replays the pins of a wavespec', async () => {
    const spec = join(folder, 'pins.json');
    const model = ['--model', 'llama-3.1-8b'];
    await runCli('export-wavespec', ['--logs', CHAT, ...model, '--memory', '5GiB', '--out', spec]);
    const words = [
      '--trace',
      CHAT,
      ...model,
      '--capacities',
      '10GiB',
      '--policies',
      'lru,pinned-lru',
    ];
    const replay = await replayOf(...words, '--pins', spec);
    expect(tokensOf(replay, 'pinned-lru')[0]).not.toBe(tokensOf(replay, 'lru')[0]);
  });
});

describe('replay-cache refuses', () => {
  const lengths = join(folder, 'lengths.csv');
  writeFileSync(
    lengths,
    'TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:17:03.9799600,4808,10\n',
  );
  const chat = ['--trace', CHAT];
  it.each<[string, readonly string[], number, RegExp]>([
    ['no room', [...chat, '--capacities', '0'], 1, /cache-sizing\.no-capacity: .*a cache of 0/],
    ['a share of nothing', [...chat, '--capacities', '5%,0%'], 1, /cache-sizing\.no-capacity/],
    [
      'memory for less than one block',
      [...chat, '--capacities', '1MiB', '--model', 'llama-3.1-8b'],
      1,
      /cache-sizing\.too-small: .*67108864 bytes/,
    ],
    ['an empty window', [...chat, '--measure-from', '1'], 1, /cachesim\.empty-window/],
    [
      'a model that nobody knows',
      [...chat, '--model', 'lama-3.1-8b'],
      1,
      /nearest name is llama-3\.1-8b/,
    ],
    ['lengths alone', ['--trace', lengths], 1, /trace\.length-only/],
    ['a policy that nobody knows', [...chat, '--policies', 'lfru'], 1, /did you mean "(lru|lfu)"/],
    [
      'a parameter out of range',
      [...chat, '--policies', 'lru-k:k=9'],
      1,
      /cachesim\.bad-parameter/,
    ],
    ['a parameter of another policy', [...chat, '--policies', 'lru:k=2'], 1, /no parameter "k"/],
    [
      'a table with nothing to learn from',
      [...chat, '--policies', 'learned', '--measure-from', '0'],
      1,
      /replay-cache\.nothing-to-learn/,
    ],
    ['bytes without a model', [...chat, '--capacities', '4GiB'], 2, /needs --model/],
    ['a capacity that is none', [...chat, '--capacities', 'lots'], 2, /usage\.bad-capacity/],
    ['a share of the window', [...chat, '--measure-from', '2'], 2, /measure-from/],
    [
      'a tier without bandwidth',
      [...chat, '--model', 'qwen3-8b', '--tiers', 'gpu=9GiB,cpu=9GiB'],
      2,
      /usage\.bad-tiers/,
    ],
    [
      'a tier that nothing comes out of',
      [...chat, '--model', 'qwen3-8b', '--tiers', 'gpu=9GiB,cpu=9GiB@0'],
      2,
      /usage\.bad-tiers/,
    ],
    [
      'two ways to sample',
      [...chat, '--curve', 'lru', '--sample', '0.1', '--sample-size', '9'],
      2,
      /give one/,
    ],
    [
      'a sample of no block',
      [...chat, '--curve', 'lru', '--sample-size', '0'],
      2,
      /--sample-size 0/,
    ],
    [
      'a number of blocks for policies',
      [...chat, '--sample-size', '9'],
      2,
      /goes with --curve lru/,
    ],
    ['to explain estimates', [...chat, '--sample', '0.5', '--why'], 2, /--sample estimates/],
    [
      'to learn from a sample',
      [...chat, '--sample', '0.5', '--policies', 'learned'],
      2,
      /does not go with learned/,
    ],
    [
      'a sample with nothing to measure',
      [...chat, '--sample', '0.000001', '--policies', 'lru'],
      1,
      /replay-cache\.empty-sample: --sample 0\.000001 /,
    ],
    [
      'to draw a curve in two places',
      [...chat, '--curve', 'lru', '--ttl-curve-out', join(folder, 'no.json')],
      2,
      /go with policies/,
    ],
    [
      'to explain at a capacity that is not replayed',
      [...chat, '--capacities', '5%,10%', '--why-at', '10%,20%'],
      2,
      /--why-at 20%: accepted are 5%, 10%/,
    ],
    ['to explain the bound', [...chat, '--policies', 'optimum', '--why'], 2, /--why explains/],
    ['to write over its trace', [...chat, '--out', CHAT], 2, /usage\.output-in-use/],
    ['two splits at once', [...chat, '--tenants', 'partitioned', '--replicas', '2'], 2, /give one/],
  ])('%s', async (_what, words, status, message) => {
    const outcome = await runCli('replay-cache', words);
    expect(outcome.stderr).toMatch(message);
    expect(outcome.stderr).not.toMatch(/\n\s+at /);
    expect(outcome.status).toBe(status);
    expect(outcome.stdout).toBe('');
  });
});
