import { defineErrors } from '@wavetune/core';
import { describe, expect, it } from 'vitest';
import {
  createRegistry,
  type Entry,
  type OwnerKey,
  type Registry,
  type RegistryIndex,
} from '../../src/index.ts';

const MODEL = { name: 'm', bytesPerToken: 1 };
const TOKENS = [1, 2, 3, 4, 5, 6];
const refusal = defineErrors({ 'test.full': (_: { readonly limit: number }) => 'no room' });

function keyOf(context: string, agent = 'a'): OwnerKey {
  return { agent, context };
}

function newRegistry(): Registry {
  return createRegistry({ model: MODEL, blockSize: 2 });
}

/** An index of labels that takes at most `limit`. */
function labelIndex(limit: number): RegistryIndex & { readonly labels: Set<string> } {
  const labels = new Set<string>();
  return {
    name: 'labels',
    labels,
    prepare({ added, removed }) {
      const next = new Set(labels);
      for (const { label } of removed) next.delete(label);
      for (const { label } of added) next.add(label);
      if (next.size > limit) throw refusal('test.full', { limit });
      return () => {
        labels.clear();
        for (const label of next) labels.add(label);
      };
    },
  };
}

/** All that can be asked of a registry. */
function stateOf(registry: Registry) {
  return {
    stats: { ...registry.stats(), indexBytes: 0 },
    entries: [...registry.entries()].map(({ label }) => label),
    tokens: [...registry.entries()].map((entry) => [...registry.tokensOf(entry)]),
    match: registry.match({ tokens: TOKENS }),
  };
}

describe('attach', () => {
  it('gives an index what is there, and everything that comes and goes', () => {
    const registry = newRegistry();
    registry.register({ key: keyOf('1'), tokens: TOKENS });
    const index = labelIndex(10);
    registry.attach(index);
    expect([...index.labels]).toEqual(['[null,"a","1"]']);
    registry.registerMany([
      { key: keyOf('1'), tokens: [9, 9] },
      { key: keyOf('2'), tokens: TOKENS },
    ]);
    registry.remove([keyOf('1')]);
    expect([...index.labels]).toEqual(['[null,"a","2"]']);
    registry.clear();
    expect(index.labels.size).toBe(0);
  });

  it('applies a change everywhere or nowhere, in whichever index it fails', () => {
    for (const order of [
      [1, 9],
      [9, 1],
    ]) {
      const registry = newRegistry();
      const indexes = order.map(labelIndex);
      for (const index of indexes) registry.attach(index);
      registry.register({ key: keyOf('1'), tokens: TOKENS });
      const before = stateOf(registry);
      const two = [
        { key: keyOf('1'), tokens: [7, 7] },
        { key: keyOf('2'), tokens: TOKENS },
      ];
      expect(() => registry.registerMany(two)).toThrowError(/test\.full/);
      expect(stateOf(registry)).toEqual(before);
      for (const { labels } of indexes) expect([...labels]).toEqual(['[null,"a","1"]']);
    }
  });

  it('that fails to apply is told by code, keeps nobody else from the change, and ends all changes', () => {
    const registry = newRegistry();
    const indexes = [labelIndex(9), labelIndex(9)];
    const told: string[] = [];
    registry.attach(indexes[0]);
    registry.attach({
      name: 'broken',
      prepare:
        ({ added }) =>
        () => {
          if (added.length > 1) throw new Error('out of memory');
        },
    });
    registry.attach(indexes[1]);
    registry.observe({ added: ({ key }) => told.push(key.context) });
    const two = ['1', '2'].map((context) => ({ key: keyOf(context), tokens: TOKENS }));
    expect(() => registry.registerMany(two)).toThrowError(
      /registry\.index-failed: the index broken .*out of memory/,
    );
    expect(registry.stats()).toMatchObject({ contexts: 2, distinctBlocks: 3 });
    for (const { labels } of indexes) expect(labels.size).toBe(2);
    expect(told).toEqual(['1', '2']);

    const changes = [
      () => registry.register({ key: keyOf('3'), tokens: TOKENS }),
      () => registry.remove([keyOf('1')]),
      () => registry.clear(),
    ];
    for (const change of changes) expect(change).toThrowError(/registry\.index-failed/);
    expect(registry.match({ tokens: TOKENS })).toMatchObject({ exact: { blocks: 3 } });
    expect([registry.stats().contexts, registry.generation]).toEqual([2, 0]);
  });

  it('refuses an index that cannot take what is there', () => {
    const registry = newRegistry();
    registry.register({ key: keyOf('1'), tokens: TOKENS });
    expect(() => registry.attach(labelIndex(0))).toThrowError(/test\.full/);
    registry.register({ key: keyOf('2'), tokens: TOKENS });
    expect(registry.stats().contexts).toBe(2);
  });
});

describe('admitBy', () => {
  it('evicts from every index in the transaction of what comes in', () => {
    const registry = newRegistry();
    const index = labelIndex(9);
    const told: string[] = [];
    registry.attach(index);
    registry.observe({
      added: ({ key }) => told.push(`+${key.context}`),
      removed: ({ key }, reason) => told.push(`-${key.context} ${reason}`),
    });
    registry.register({ key: keyOf('1'), tokens: TOKENS });
    registry.admitBy({ makeRoom: () => [registry.get(keyOf('1')) as Entry] });
    registry.register({ key: keyOf('2'), tokens: TOKENS });
    expect([...index.labels]).toEqual(['[null,"a","2"]']);
    expect(registry.get(keyOf('1'))).toBeUndefined();
    expect(told).toEqual(['+1', '-1 evicted', '+2']);
    expect(registry.stats().distinctBlocks).toBe(3);
  });

  it('may refuse, and then nothing has changed', () => {
    const registry = newRegistry();
    registry.register({ key: keyOf('1'), tokens: TOKENS });
    registry.admitBy({
      makeRoom() {
        throw refusal('test.full', { limit: 0 });
      },
    });
    const before = stateOf(registry);
    expect(() => registry.register({ key: keyOf('1'), tokens: [7, 7] })).toThrowError(/test\.full/);
    expect(stateOf(registry)).toEqual(before);
    expect(() => registry.admitBy({ makeRoom: () => [] })).toThrowError(/registry\.bad-option/);
  });
});

describe('observe', () => {
  it('reports what an observer throws, and neither the call nor the others fail by it', () => {
    const failures: string[] = [];
    const told: string[] = [];
    const registry = createRegistry({
      model: MODEL,
      blockSize: 2,
      onObserverFailure: (failure) => failures.push(String(failure)),
    });
    const fail = (event: string) => () => {
      throw new Error(event);
    };
    registry.observe({ added: fail('added'), removed: fail('removed'), used: fail('used') });
    registry.observe({
      added: ({ key }) => told.push(`+${key.context}`),
      removed: ({ key }) => told.push(`-${key.context}`),
      used: ({ key }) => told.push(`use ${key.context}`),
    });
    const two = ['1', '2'].map((context) => ({ key: keyOf(context), tokens: TOKENS }));
    expect(registry.registerMany(two)).toHaveLength(2);
    registry.sharedContext([keyOf('2')], { tokens: TOKENS });
    registry.remove([keyOf('1')]);
    expect(told).toEqual(['+1', '+2', 'use 2', '-1']);
    expect(failures).toEqual(['added', 'added', 'used', 'removed'].map((one) => `Error: ${one}`));
  });

  it('tells who is used, until it is ended', () => {
    const registry = newRegistry();
    const used: string[] = [];
    const end = registry.observe({ used: ({ key }, use) => used.push(`${key.agent} ${use}`) });
    registry.register({ key: keyOf('1', 'a'), tokens: TOKENS });
    registry.register({ key: keyOf('1', 'b'), tokens: [9, 9, 9] });
    registry.match({ tokens: [1, 2, 8] });
    registry.sharedContext([{ agent: 'b' }], { tokens: TOKENS });
    end();
    registry.match({ tokens: [1, 2, 8] });
    expect(used).toEqual(['a matched', 'b shared']);
  });
});

describe('registering again', () => {
  it('replaces the context, and keeps what others share', () => {
    const registry = newRegistry();
    registry.register({ key: keyOf('1'), tokens: TOKENS });
    registry.register({ key: keyOf('2'), tokens: TOKENS });
    const again = registry.register({ key: keyOf('1'), tokens: [...TOKENS, 7, 8] });
    expect(again).toMatchObject({ replaced: true, held: { blocks: 3 } });
    expect(registry.stats()).toMatchObject({ contexts: 2, distinctBlocks: 4, blockReferences: 7 });
    expect([...registry.entries()].map(({ key }) => key.context)).toEqual(['2', '1']);
  });

  it('is another owner where any field of the key differs', () => {
    const registry = newRegistry();
    const keys = [
      { agent: 'a', context: 'b' },
      { agent: 'a', context: 'b', tenant: 'c' },
      { agent: 'c","a', context: 'b' },
      { agent: 'b', context: 'a' },
    ];
    for (const key of keys) registry.register({ key, tokens: TOKENS });
    expect(registry.stats()).toMatchObject({ contexts: 4, agents: 4 });
    expect(registry.match({ tokens: TOKENS }).owners).toHaveLength(4);
  });
});
