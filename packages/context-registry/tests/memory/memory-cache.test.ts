import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  createMemoryCache,
  type MemoryCache,
  type MemoryCacheOptions,
} from '../../src/memory/memory-cache.ts';
import { openOffloadStore } from '../../src/memory/offload-store.ts';
import { createRegistry, type Registry } from '../../src/registry/registry.ts';
import type { OwnerKey } from '../../src/registry/types.ts';
import { createSemanticIndex } from '../../src/semantic/semantic-index.ts';
import { type ManualClock, manualClock } from '../support/manual-clock.ts';

const BLOCK = 4;
const BYTES_PER_TOKEN = 10;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'context-memory-'));
});
afterAll(() => rm(folder, { recursive: true }));

function newRegistry(): Registry {
  return createRegistry({
    model: { name: 'toy', bytesPerToken: BYTES_PER_TOKEN },
    blockSize: BLOCK,
  });
}

/** A context of its own blocks: `blocks` of them, none shared with another start. */
function tokensFrom(start: number, blocks: number): number[] {
  return Array.from({ length: blocks * BLOCK }, (_, at) => start * 1000 + at);
}

const keyOf = (agent: string): OwnerKey => ({ agent, context: 'main' });

interface Setup {
  readonly registry: Registry;
  readonly cache: MemoryCache;
  readonly clock: ManualClock;
  readonly setPressure: (pressure: number) => void;
  readonly add: (agent: string, start: number, blocks: number) => void;
  readonly agents: () => readonly string[];
}

async function setUp(
  budgetBlocks: number,
  options: Partial<MemoryCacheOptions> = {},
  registry: Registry = newRegistry(),
): Promise<Setup> {
  const clock = manualClock();
  let pressure = 0;
  const cache = await createMemoryCache(registry, {
    budget: { tokens: budgetBlocks * BLOCK },
    clock,
    source: {
      name: 'scripted',
      read: async () => ({ usedBytes: pressure * 1000, totalBytes: 1000 }),
    },
    ...options,
  });
  return {
    registry,
    cache,
    clock,
    setPressure: (next) => {
      pressure = next;
    },
    add: (agent, start, blocks) =>
      void registry.register({ key: keyOf(agent), tokens: tokensFrom(start, blocks) }),
    agents: () => [...registry.entries()].map(({ key }) => key.agent),
  };
}

describe('createMemoryCache', () => {
  it('does nothing while relaxed, and evicts what is idle for more than 120 s when normal', async () => {
    const { cache, clock, setPressure, add, agents } = await setUp(100);
    add('a', 1, 5);
    clock.advance(100_000);
    add('b', 2, 5);
    clock.advance(30_000);
    expect(await cache.step()).toMatchObject({ mode: 'relaxed', evicted: 0 });
    setPressure(0.75);
    expect(await cache.step()).toMatchObject({ mode: 'normal', evicted: 1 });
    expect(agents()).toEqual(['b']);
  });

  it('evicts by size over use under pressure, and keeps what has just come', async () => {
    const { registry, cache, clock, add, agents } = await setUp(100);
    add('big-used', 1, 40);
    add('small', 2, 10);
    add('big', 3, 30);
    for (let use = 0; use < 9; use++) registry.match({ tokens: tokensFrom(1, 40) });
    clock.advance(31_000);
    add('new', 4, 9);
    expect(await cache.step()).toMatchObject({ mode: 'pressure', pressure: 0.89, evicted: 1 });
    expect(agents()).toEqual(['big-used', 'small', 'new']);
    expect(cache.stats().evictedTokens.pressure).toBe(30 * BLOCK);
  });

  it('counts a block that contexts share once, and frees it with the last of them', async () => {
    const { registry, cache, add } = await setUp(10);
    add('a', 1, 8);
    add('b', 1, 8);
    expect(cache.stats().residentBlocks).toBe(8);
    add('c', 2, 5);
    expect(registry.stats()).toMatchObject({ contexts: 1, distinctBlocks: 5 });
  });

  it('takes what it evicts out of every index at once', async () => {
    const registry = newRegistry();
    const index = createSemanticIndex(2);
    registry.attach(index);
    const { clock, cache, setPressure } = await setUp(100, {}, registry);
    const vector = Float32Array.of(1, 0);
    registry.register({ key: keyOf('a'), tokens: tokensFrom(1, 5), vector });
    clock.advance(121_000);
    setPressure(0.75);
    await cache.step();
    expect(index.neighbours({ vector, scope: {}, count: 5 })).toEqual([]);
    expect(registry.match({ tokens: tokensFrom(1, 5) })).toMatchObject({
      exact: { blocks: 0 },
      advisory: [],
    });
    expect(registry.stats()).toMatchObject({ contexts: 0, tokens: 0, distinctBlocks: 0 });
  });

  it('brings back all of an agent’s contexts, or none where they do not fit', async () => {
    const registry = newRegistry();
    const store = await openOffloadStore(join(folder, 'all'), registry);
    const { cache, clock, setPressure } = await setUp(10, { store }, registry);
    const keys = ['x', 'y', 'z'].map((context) => ({ agent: 'a', context }));
    for (const [at, key] of keys.entries()) {
      setPressure(0);
      await cache.step();
      registry.register({ key, tokens: tokensFrom(at, [4, 4, 8][at]) });
      clock.advance(31_000);
      setPressure(0.93);
      expect(await cache.step()).toMatchObject({ offloaded: 1 });
    }
    await expect(cache.bringBack([{ agent: 'a' }])).rejects.toMatchObject({
      code: 'memory.too-large',
    });
    expect([registry.stats().contexts, cache.stats().offloadedContexts]).toEqual([0, 3]);
    expect(await cache.bringBack(keys.slice(0, 2))).toBe(2);
    expect([registry.stats().contexts, cache.stats().offloadedContexts]).toEqual([2, 1]);
    await cache.close();
  });

  it('brings back without sending away what the same question names', async () => {
    const registry = newRegistry();
    const store = await openOffloadStore(join(folder, 'named'), registry);
    const { cache, clock, setPressure, add, agents } = await setUp(10, { store }, registry);
    add('away', 1, 4);
    clock.advance(31_000);
    setPressure(0.93);
    await cache.step();
    setPressure(0);
    await cache.step();
    add('named', 2, 5);
    add('other', 3, 3);
    const question = [keyOf('away'), keyOf('named')];
    expect(await cache.bringBack(question)).toBe(1);
    expect(agents()).toEqual(['named', 'away']);

    clock.advance(31_000);
    registry.match({ tokens: tokensFrom(2, 5) });
    setPressure(0.93);
    await cache.step();
    setPressure(0);
    await cache.step();
    add('named', 2, 7);
    await expect(cache.bringBack(question)).rejects.toMatchObject({ code: 'memory.too-large' });
    expect([agents(), cache.stats().offloadedContexts]).toEqual([['named'], 1]);
    await cache.close();
  });

  it('offloads when critical, and brings back equal on demand', async () => {
    const registry = newRegistry();
    const store = await openOffloadStore(join(folder, 'equal'), registry);
    const { cache, clock, setPressure, add, agents } = await setUp(100, { store }, registry);
    const key = { tenant: 'acme', agent: 'a', context: 'é"\n' };
    const tokens = [...tokensFrom(1, 3), 7, 8];
    registry.register({
      key,
      tokens,
      scope: { lora: 'poet', cacheSalt: 's' },
      vector: Float32Array.of(0.5, -0.25),
    });
    clock.advance(31_000);
    add('b', 2, 2);
    setPressure(0.93);
    expect(await cache.step()).toMatchObject({ mode: 'critical', offloaded: 1, evicted: 0 });
    expect(agents()).toEqual(['b']);
    expect(cache.stats().offloadedContexts).toBe(1);
    expect(await cache.bringBack([{ tenant: 'acme', agent: 'a' }])).toBe(1);
    const entry = registry.get(key)!;
    expect([...registry.tokensOf(entry)]).toEqual(tokens);
    expect(entry.scope).toEqual({ lora: 'poet', cacheSalt: 's' });
    expect([...entry.vector!]).toEqual([0.5, -0.25]);
    await cache.close();
    expect(cache.stats().offloadedContexts).toBe(0);
    expect(await readdir(join(folder, 'equal'))).toEqual([]);
  });

  it('in an emergency evicts what is idle for more than 30 s and refuses what is new', async () => {
    const { cache, clock, setPressure, add, agents } = await setUp(100);
    add('a', 1, 5);
    clock.advance(31_000);
    add('b', 2, 5);
    setPressure(0.99);
    expect(await cache.step()).toMatchObject({ mode: 'emergency', evicted: 1 });
    expect(() => add('c', 3, 1)).toThrow('memory.emergency');
    expect(() => add('b', 2, 6)).toThrow('memory.emergency');
    add('b', 2, 4);
    expect(agents()).toEqual(['b']);
    expect(cache.stats().refusals).toBe(2);
  });

  it('goes through the modes of a scripted curve, step by step, with hysteresis', async () => {
    const { cache, setPressure } = await setUp(100);
    const curve = [0.1, 0.72, 0.69, 0.66, 0.86, 0.83, 0.93, 0.9, 0.97, 0.94, 0.92, 0.5];
    const modes: string[] = [];
    for (const pressure of curve) {
      setPressure(pressure);
      modes.push((await cache.step()).mode);
    }
    expect(modes.join(' ')).toBe(
      'relaxed normal normal relaxed pressure pressure critical critical emergency emergency critical relaxed',
    );
  });

  it('acts at every step, not only where the mode changes', async () => {
    const { cache, clock, setPressure, add } = await setUp(100);
    setPressure(0.75);
    expect(await cache.step()).toMatchObject({ mode: 'normal', evicted: 0 });
    add('a', 1, 5);
    clock.advance(121_000);
    expect(await cache.step()).toMatchObject({ mode: 'normal', evicted: 1 });
  });

  it('steps by itself at its interval, until it is closed', async () => {
    const { cache, setPressure } = await setUp(100);
    cache.start(1);
    setPressure(0.75);
    await vi.waitUntil(() => cache.stats().mode === 'normal', { timeout: 30_000 });
    await cache.close();
    setPressure(0.99);
    await setTimeout(20);
    expect(cache.stats().mode).toBe('normal');
  });

  it('keeps what the agent graph needs next, and lets go first what nothing leads to', async () => {
    const workflow = { steps: [['plan', 'write']] as const };
    const { registry, cache, clock, setPressure, add, agents } = await setUp(20, { workflow });
    add('write', 1, 6);
    add('plan', 2, 6);
    add('stray', 3, 6);
    registry.match({ tokens: tokensFrom(2, 6) });
    clock.advance(121_000);
    setPressure(0.75);
    await cache.step();
    expect(agents()).toEqual(['write', 'plan']);
    add('other', 4, 8);
    add('third', 5, 6);
    expect(agents()).toEqual(['write', 'plan', 'third']);
  });

  it('refuses what can never fit, and is as before', async () => {
    const { registry, add, cache } = await setUp(10);
    add('a', 1, 4);
    expect(() => add('b', 2, 11)).toThrow('memory.too-large');
    expect(registry.stats()).toMatchObject({ contexts: 1, distinctBlocks: 4 });
    expect(cache.stats().refusals).toBe(1);
  });

  it('counts what has left to make room, not what an index kept from leaving', async () => {
    const registry = newRegistry();
    const { cache, add } = await setUp(10, {}, registry);
    registry.attach({
      name: 'strict',
      prepare: ({ added }) => {
        if (added.some(({ key }) => key.agent === 'refused')) throw new Error('no');
        return () => undefined;
      },
    });
    add('a', 1, 8);
    expect(() => add('refused', 2, 8)).toThrow('no');
    expect([registry.stats().contexts, cache.stats().evictions.admission]).toEqual([1, 0]);
    registry.remove([keyOf('a')]);
    add('a', 1, 8);
    expect(cache.stats().evictions.admission).toBe(0);
    add('b', 3, 8);
    expect([registry.stats().contexts, cache.stats().evictions.admission]).toEqual([1, 1]);
  });

  it('goes on by the budget alone where the source fails', async () => {
    const failures: unknown[] = [];
    const { cache, add } = await setUp(10, {
      source: { name: 'broken', read: () => Promise.reject(new Error('gone')) },
      onFailure: (failure) => failures.push(failure),
    });
    add('a', 1, 8);
    expect(await cache.step()).toMatchObject({ mode: 'normal', pressure: 0.8 });
    expect(failures).toHaveLength(1);
  });

  it('goes on by the budget alone where the source reads what is no number', async () => {
    const { cache, add, setPressure } = await setUp(10);
    setPressure(Number.NaN);
    add('a', 1, 8);
    expect(await cache.step()).toMatchObject({ mode: 'normal', pressure: 0.8 });
  });

  it('takes fresh contexts at a full budget without ever coming to an emergency', async () => {
    const { cache, clock, add } = await setUp(100);
    for (let agent = 0; agent < 40; agent++) {
      add(`a${agent}`, agent, 8);
      clock.advance(100);
      expect((await cache.step()).mode).toMatch(/relaxed|normal|pressure/);
    }
    expect(cache.stats().refusals).toBe(0);
    expect(cache.stats().residentBlocks).toBeGreaterThan(80);
  });

  it('makes room for what the graph needs later before what it needs next, which only the budget drives away', async () => {
    const workflow = { steps: [['plan', 'write']] as const };
    const { cache, add, agents } = await setUp(100, { workflow });
    add('stray', 1, 10);
    add('write', 2, 40);
    add('plan', 3, 40);
    add('plan2', 4, 5);
    expect(agents()).toEqual(['write', 'plan', 'plan2']);
    add('plan3', 5, 5);
    add('plan4', 6, 20);
    expect(agents()).toEqual(['write', 'plan', 'plan4']);
    expect(cache.stats().residentBlocks).toBe(100);
  });

  it('makes no room in vain: what is too large for the margin drives away only what the budget needs', async () => {
    const { add, agents, cache } = await setUp(100);
    add('a', 1, 4);
    add('b', 2, 3);
    add('large', 3, 95);
    expect(agents()).toEqual(['b', 'large']);
    expect(cache.stats().residentBlocks).toBe(98);
  });

  it('never comes beyond pressure by small registrations, beyond critical with a store', async () => {
    const operation = fc.record({
      agent: fc.nat(60),
      start: fc.nat(200),
      blocks: fc.integer({ min: 1, max: 12 }),
      seconds: fc.constantFrom(0, 0, 1, 20, 130),
      kind: fc.constantFrom('add', 'add', 'add', 'use', 'step'),
    });
    let run = 0;
    const law = fc.asyncProperty(
      fc.array(operation, { minLength: 20, maxLength: 120 }),
      fc.boolean(),
      async (operations, isStored) => {
        const registry = newRegistry();
        const path = join(folder, `stream-${run++}`);
        const store = isStored ? await openOffloadStore(path, registry) : undefined;
        const { cache, clock, add } = await setUp(120, store && { store }, registry);
        const allowed = isStored ? /relaxed|normal|pressure|critical/ : /relaxed|normal|pressure/;
        for (const { agent, start, blocks, seconds, kind } of operations) {
          clock.advance(seconds * 1000);
          if (kind === 'add') {
            add(`a${agent}`, start, blocks);
            expect(registry.get(keyOf(`a${agent}`))?.blockCount).toBe(blocks);
          } else if (kind === 'use') registry.match({ tokens: tokensFrom(start, blocks) });
          else expect((await cache.step()).mode).toMatch(allowed);
          const { residentBlocks, budgetBlocks } = cache.stats();
          expect(residentBlocks).toBeLessThanOrEqual(budgetBlocks);
        }
        expect((await cache.step()).mode).toMatch(allowed);
        expect(cache.stats().refusals).toBe(0);
        await cache.close();
      },
    );
    await fc.assert(law, { numRuns: 40 });
  });

  it('never exceeds its budget, never evicts what is coming, and loses no context silently', async () => {
    const operation = fc.record({
      agent: fc.nat(7),
      start: fc.nat(3),
      blocks: fc.integer({ min: 1, max: 14 }),
      pressure: fc.constantFrom(0, 0.75, 0.9, 0.94, 0.99),
      seconds: fc.constantFrom(0, 5, 40, 130),
      kind: fc.constantFrom('add', 'add', 'many', 'step', 'back'),
    });
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { maxLength: 40 }), async (operations) => {
        const registry = newRegistry();
        const store = await openOffloadStore(join(folder, `run-${run++}`), registry);
        const { cache, clock, setPressure, add } = await setUp(12, { store }, registry);
        for (const { agent, start, blocks, pressure, seconds, kind } of operations) {
          clock.advance(seconds * 1000);
          setPressure(pressure);
          const key = keyOf(`a${agent}`);
          try {
            if (kind === 'add') {
              add(`a${agent}`, start, blocks);
              expect(registry.get(key)?.blockCount).toBe(blocks);
            } else if (kind === 'many') {
              const tokens = tokensFrom(start, blocks);
              const keys = [key, keyOf('twin')];
              registry.registerMany(keys.map((each) => ({ key: each, tokens })));
              for (const each of keys) expect(registry.get(each)?.blockCount).toBe(blocks);
            } else if (kind === 'back') await cache.bringBack([{ agent: `a${agent}` }]);
            else await cache.step();
          } catch (error) {
            expect(String(error)).toMatch(/memory\.(too-large|emergency)/);
          }
          const { residentBlocks, budgetBlocks } = cache.stats();
          expect(residentBlocks).toBeLessThanOrEqual(budgetBlocks);
          expect(residentBlocks).toBe(registry.stats().distinctBlocks);
        }
        await cache.close();
        const files = await readdir(join(folder, `run-${run - 1}`));
        expect(files).toHaveLength(cache.stats().offloadedContexts);
      }),
      { numRuns: 30 },
    );
  });
});

describe('openOffloadStore', () => {
  async function offloadOne(name: string) {
    const path = join(folder, name);
    const registry = newRegistry();
    const store = await openOffloadStore(path, registry);
    const setup = await setUp(100, { store }, registry);
    setup.add('a', 1, 3);
    setup.clock.advance(31_000);
    setup.setPressure(0.93);
    await setup.cache.step();
    const [file] = await readdir(path);
    return { ...setup, path, file: join(path, file) };
  }

  it('knows after a restart what a crash left, temporary files apart', async () => {
    const { path } = await offloadOne('restart');
    await writeFile(join(path, '.half.context.0123456789ab.tmp'), 'half a file');
    const registry = newRegistry();
    const failures: unknown[] = [];
    const { cache } = await setUp(
      100,
      {
        store: await openOffloadStore(path, registry),
        onFailure: (failure) => failures.push(failure),
      },
      registry,
    );
    expect(await readdir(path)).toHaveLength(1);
    expect(cache.stats().offloadedContexts).toBe(1);
    expect(await cache.bringBack([{ agent: 'a' }])).toBe(1);
    expect([...registry.tokensOf(registry.get(keyOf('a'))!)]).toEqual(tokensFrom(1, 3));
    expect(failures).toEqual([]);
  });

  it('is readable after a crash at any moment, and holds whole contexts only', async () => {
    const path = join(folder, 'crashed');
    const script = fileURLToPath(new URL('../support/offload-until-killed.ts', import.meta.url));
    const registry = newRegistry();
    for (let round = 0; round < 4; round++) {
      const child = spawn(process.execPath, [script, path], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      await once(child.stdout, 'data');
      await setTimeout(10 + 17 * round);
      child.kill('SIGKILL');
      await once(child, 'exit');
      const failures: unknown[] = [];
      const store = await openOffloadStore(path, registry);
      const contexts = await Array.fromAsync(store.list((failure) => failures.push(failure)));
      expect(failures).toEqual([]);
      for (const { registration, uses } of contexts) {
        expect(registration.tokens[0]).toBe(uses);
        expect(registration.tokens).toHaveLength(20_000);
      }
    }
  });

  it('refuses a file that was cut or changed at any byte, and goes on with the others', async () => {
    const { file, path } = await offloadOne('damaged');
    const whole = await readFile(file);
    const registry = newRegistry();
    const store = await openOffloadStore(path, registry);
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.boolean(), async (at, isCut) => {
        const bytes = isCut ? whole.subarray(0, at) : Buffer.from(whole);
        if (!isCut) bytes[at] ^= 1;
        await writeFile(file, bytes);
        const failures: unknown[] = [];
        expect(await Array.fromAsync(store.list((failure) => failures.push(failure)))).toEqual([]);
        expect(failures).toMatchObject([{ code: 'memory.damaged-file' }]);
      }),
      { numRuns: 40 },
    );
  });

  it('refuses contexts of another model', async () => {
    const { path } = await offloadOne('foreign');
    const other = createRegistry({ model: { name: 'other', bytesPerToken: 1 }, blockSize: BLOCK });
    const failures: unknown[] = [];
    const store = await openOffloadStore(path, other);
    expect(await Array.fromAsync(store.list((failure) => failures.push(failure)))).toEqual([]);
    expect(String(failures[0])).toContain('model toy, this registry has other');
  });

  it('forgets what is away when the registry is cleared, and when the key is registered anew', async () => {
    const { registry, cache, path } = await offloadOne('cleared');
    registry.clear();
    expect(await cache.forgetOffloaded()).toBe(1);
    expect(await readdir(path)).toEqual([]);
    expect(cache.stats().offloadedContexts).toBe(0);
    await cache.close();
    const anew = await offloadOne('anew');
    anew.setPressure(0);
    await anew.cache.step();
    anew.add('a', 2, 1);
    await anew.cache.close();
    expect(await readdir(anew.path)).toEqual([]);
    expect(anew.registry.stats().contexts).toBe(1);
  });

  it('keeps a context that is used while it is being written', async () => {
    const path = join(folder, 'used');
    const registry = newRegistry();
    const store = await openOffloadStore(path, registry);
    const clock = manualClock();
    const slow: typeof store = {
      ...store,
      write: async (entry, uses) => {
        await store.write(entry, uses);
        clock.advance(1);
        registry.match({ tokens: tokensFrom(1, 3) });
      },
    };
    const { cache, add, setPressure } = await setUp(100, { store: slow, clock }, registry);
    add('a', 1, 3);
    clock.advance(31_000);
    setPressure(0.93);
    expect(await cache.step()).toMatchObject({ mode: 'critical', offloaded: 0 });
    await cache.close();
    expect(registry.get(keyOf('a'))).toBeDefined();
    expect(await readdir(path)).toEqual([]);
  });
});
