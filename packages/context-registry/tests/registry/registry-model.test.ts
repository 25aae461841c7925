import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createRegistry,
  type Entry,
  type OwnerKey,
  type Registry,
  type Scope,
} from '../../src/index.ts';
import { type PlainContext, PlainRegistry } from './plain-registry.ts';

const BLOCK = 3;
const SCOPES: readonly Scope[] = [{}, { cacheSalt: 'tenant-7' }];

const key = fc.record({
  agent: fc.constantFrom('planner', 'coder'),
  context: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
});
const context: fc.Arbitrary<PlainContext> = fc.record({
  key,
  scope: fc.constantFrom(SCOPES[0], SCOPES[0], SCOPES[0], SCOPES[1]),
  tokens: fc.array(fc.constantFrom(1, 1, 1, 2), { maxLength: 24 }),
});
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('register' as const), context }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('registerMany' as const),
      contexts: fc.uniqueArray(context, {
        maxLength: 4,
        selector: (one) => JSON.stringify(one.key),
      }),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('remove' as const), key }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'clear' as const }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('refused' as const), context }) },
);

function newRegistry(): Registry {
  return createRegistry({ model: { name: 'small', bytesPerToken: 10 }, blockSize: BLOCK });
}

function sameAsModel(registry: Registry, model: PlainRegistry): void {
  const held = [...model.contexts.values()];
  const prefixes = model.prefixes();
  const references = held.reduce((sum, one) => sum + Math.floor(one.tokens.length / BLOCK), 0);
  expect(registry.stats()).toMatchObject({
    contexts: held.length,
    agents: new Set(held.map((one) => one.key.agent)).size,
    tokens: held.reduce((sum, one) => sum + one.tokens.length, 0),
    blockReferences: references,
    distinctBlocks: prefixes.size,
    savedTokens: (references - prefixes.size) * BLOCK,
    residentBytes: prefixes.size * BLOCK * 10,
  });
  for (const one of held) {
    const entry = registry.get(one.key) as Entry;
    expect([...registry.tokensOf(entry)]).toEqual(one.tokens);
    const alone = new PlainRegistry(BLOCK);
    for (const other of held) if (other !== one) alone.put(other);
    expect(registry.exclusiveBlocksOf(entry)).toBe(prefixes.size - alone.prefixes().size);
    for (const other of held) {
      if (JSON.stringify(one.scope) !== JSON.stringify(other.scope)) continue;
      const { saved, common } = registry.sharedContext([other.key], one.key);
      const tokens = model.blocksShared(one, other) * BLOCK;
      expect([saved.tokens, common.tokens]).toEqual([tokens, tokens]);
    }
  }
}

function apply(registry: Registry, model: PlainRegistry, one: StepOf): void {
  if (one.kind === 'clear') {
    expect(registry.clear()).toBe(model.contexts.size);
    model.contexts.clear();
  } else if (one.kind === 'remove') {
    const known = model.contexts.has(JSON.stringify(one.key));
    if (known) registry.remove([one.key]);
    else {
      expect(() => registry.remove([one.key])).toThrowError(/registry\.unknown-owner/);
    }
    model.take(one.key);
  } else if (one.kind === 'refused') {
    const bad = { ...one.context, tokens: [...one.context.tokens, -1] };
    const good = { ...one.context, key: { agent: 'other', context: 'z' } };
    expect(() => registry.registerMany([good, bad])).toThrowError(/registry\.bad-token/);
  } else {
    const contexts = one.kind === 'register' ? [one.context] : one.contexts;
    const before = contexts.map((each) => model.blocksHeld(each));
    const registered = registry.registerMany(contexts);
    expect(registered.map(({ held }) => held.blocks)).toEqual(before);
    for (const each of contexts) model.put(each);
  }
}
type StepOf = typeof step extends fc.Arbitrary<infer S> ? S : never;

describe('createRegistry', () => {
  it('agrees with a plain list of token lists after every operation, refused ones included', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), context, (steps, prompt) => {
        const registry = newRegistry();
        const model = new PlainRegistry(BLOCK);
        for (const one of steps) {
          apply(registry, model, one);
          sameAsModel(registry, model);
        }
        const { exact, owners, ownerCount } = registry.match(prompt);
        const blocks = model.blocksHeld(prompt);
        expect(exact).toEqual({ blocks, tokens: blocks * BLOCK, sizeBytes: blocks * BLOCK * 10 });
        const owning = [...model.contexts.values()].filter(
          (one) => blocks > 0 && model.blocksShared(prompt, one) === blocks,
        );
        expect(ownerCount).toBe(owning.length);
        const names = (keys: readonly OwnerKey[]) => keys.map((each) => JSON.stringify(each));
        expect(names(owners).sort()).toEqual(names(owning.map((one) => one.key)).sort());
      }),
      { numRuns: 150 },
    );
  });

  it('leaves no count behind when it is cleared, or when the last context goes', () => {
    fc.assert(
      fc.property(fc.array(context, { maxLength: 12 }), fc.boolean(), (contexts, byClear) => {
        const registry = newRegistry();
        for (const one of contexts) registry.register(one);
        if (byClear) registry.clear();
        else for (const { key: owner } of [...registry.entries()]) registry.remove([owner]);
        const { indexBytes: _, ...counts } = registry.stats();
        expect(Object.values(counts)).toEqual(Object.values(counts).map(() => 0));
        expect(registry.match({ tokens: [1, 1, 1, 1] }).exact.blocks).toBe(0);
      }),
    );
  });

  it('tells admission exactly how many blocks a change would leave', () => {
    const contexts = fc.array(context, { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(contexts, contexts, fc.nat(), (held, coming, mask) => {
        const registry = newRegistry();
        const model = new PlainRegistry(BLOCK);
        for (const one of held) {
          registry.register(one);
          model.put(one);
        }
        const unique = [...new Map(coming.map((one) => [JSON.stringify(one.key), one])).values()];
        const evicted = [...registry.entries()].filter(
          (entry, i) =>
            (mask >>> i) & 1 && !unique.some((one) => nameOf(one.key) === nameOf(entry.key)),
        );
        let foretold = -1;
        registry.admitBy({
          makeRoom(_, residentBlocksAfter) {
            foretold = residentBlocksAfter(evicted);
            return evicted;
          },
        });
        registry.registerMany(unique);
        for (const entry of evicted) model.take(entry.key);
        for (const one of unique) model.put(one);
        expect(foretold).toBe(model.prefixes().size);
        expect(registry.stats().distinctBlocks).toBe(foretold);
      }),
      { numRuns: 200 },
    );
  });
});

function nameOf(owner: OwnerKey): string {
  return JSON.stringify(owner);
}
