import { createRng } from '@wavetune/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRegistry } from '../../src/index.ts';

const BLOCK = 16;
const MODEL = { name: 'm', bytesPerToken: 2 };
const OWNER = { agent: 'planner', context: '1' };

/** `length` tokens of one theme; two themes have no token in common. */
function passage(theme: number, length: number): number[] {
  const rng = createRng(theme);
  return Array.from({ length }, () => theme * 1_000 + rng.nextBelow(900));
}

/** What a registry that holds `context` says of `prompt`. */
function compare(context: readonly number[], prompt: readonly number[]) {
  const registry = createRegistry({ model: MODEL });
  registry.register({ key: OWNER, tokens: context });
  return {
    ...registry.sharedContext([OWNER], { tokens: prompt }),
    match: registry.match({ tokens: prompt }),
  };
}

const [SYSTEM, TOOLS, TASK] = [passage(1, 64), passage(2, 64), passage(3, 40)];

describe('divergence', () => {
  it.each([
    ['none', [...SYSTEM, ...TOOLS], [...SYSTEM, ...TOOLS], 128],
    ['ended', [...SYSTEM, ...TOOLS], [...SYSTEM, ...TOOLS.slice(0, 5)], 69],
    ['ended', SYSTEM, [...SYSTEM, ...TOOLS], 64],
    ['replaced', [9, 9, ...SYSTEM], [8, 8, 8, ...SYSTEM], 0],
    ['inserted', [...SYSTEM, ...TOOLS], [...SYSTEM, 7, 7, ...TOOLS], 64],
    ['removed', [...SYSTEM, ...TASK, ...TOOLS], [...SYSTEM, ...TOOLS], 64],
    ['moved', [...SYSTEM, ...TOOLS, ...TASK], [...SYSTEM, ...TASK, ...TOOLS], 64],
    ['different', [...SYSTEM, ...TOOLS], [...SYSTEM, ...TASK], 64],
  ])('%s', (cause, context, prompt, atToken) => {
    const [{ divergence, exact }] = compare(context, prompt).shares;
    expect(divergence).toMatchObject({ cause, atToken, atBlock: Math.floor(atToken / BLOCK) });
    expect(exact.tokens).toBe(Math.floor(atToken / BLOCK) * BLOCK);
  });

  it('says what stands on either side until both agree again', () => {
    const [{ divergence }] = compare([9, 9, ...SYSTEM], [8, 8, 8, ...SYSTEM]).shares;
    expect(divergence.prompt).toMatchObject({ begin: 0, end: 3 });
    expect(divergence.context).toMatchObject({ begin: 0, end: 2 });
  });
});

describe('a target that is registered', () => {
  it('is compared with the other contexts of its agent, and with itself only where it is named', () => {
    const registry = createRegistry({ model: MODEL });
    const first = { agent: 'planner', context: '1' };
    const second = { agent: 'planner', context: '2' };
    registry.register({ key: first, tokens: [...SYSTEM, ...TOOLS] });
    const saved = (ref: { agent: string }) => registry.sharedContext([ref], first).saved.tokens;
    expect(saved({ agent: 'planner' })).toBe(128);
    registry.register({ key: second, tokens: [...SYSTEM, ...TASK] });
    expect(saved({ agent: 'planner' })).toBe(64);
    expect(saved(first)).toBe(128);
  });
});

describe('reordering', () => {
  it('puts first what both have, and says what they would then share', () => {
    const context = [...passage(4, 20), ...SYSTEM, ...TOOLS];
    const prompt = [...passage(5, 30), ...TOOLS, ...SYSTEM];
    const [{ exact, reordering }] = compare(context, prompt).shares;
    expect(exact.tokens).toBe(0);
    expect(reordering?.wouldShare).toEqual({ blocks: 8, tokens: 128, sizeBytes: 256 });
    expect(reordering?.promptFirst.map(({ begin, end }) => [begin, end])).toEqual([
      [94, 158],
      [30, 94],
    ]);
  });

  it('is right: both texts, reordered as told, share what was foretold', () => {
    const themes = fc.shuffledSubarray([1, 2, 3, 4, 5]);
    const text = themes.map((all) => all.flatMap((theme) => passage(theme, 17 + 9 * theme)));
    fc.assert(
      fc.property(text, text, (context, prompt) => {
        const [{ exact, reordering }] = compare(context, prompt).shares;
        if (reordering === undefined) return;
        const reordered = (tokens: readonly number[], first: typeof reordering.promptFirst) => {
          const head = first.flatMap(({ begin, end }) => tokens.slice(begin, end));
          const rest = tokens.filter(
            (_, i) => !first.some(({ begin, end }) => i >= begin && i < end),
          );
          return [...head, ...rest];
        };
        const again = compare(
          reordered(context, reordering.contextFirst),
          reordered(prompt, reordering.promptFirst),
        );
        expect(reordering.wouldShare.blocks).toBeGreaterThan(exact.blocks);
        expect(again.saved.blocks).toBeGreaterThanOrEqual(reordering.wouldShare.blocks);
      }),
    );
  });
});

describe('advisory matches', () => {
  it('find a passage at another offset, and never count as saved', () => {
    const { saved, shares, match } = compare(
      [...passage(4, 21), ...SYSTEM],
      [...passage(5, 38), ...SYSTEM],
    );
    expect(saved.tokens).toBe(0);
    expect(match.exact.tokens).toBe(0);
    for (const [found] of [shares[0].advisory, match.advisory]) {
      expect(found).toMatchObject({
        kind: 'passage',
        owner: OWNER,
        prompt: { begin: 38, end: 102 },
        context: { begin: 21, end: 85 },
        editTokens: 0,
        jaccard: 1,
      });
    }
  });

  it('find a block in which one token was changed, and say how far it is', () => {
    const rng = createRng(5);
    let found = 0;
    for (let run = 0; run < 60; run++) {
      const context = passage(run + 10, 5 * BLOCK);
      const prompt = [
        ...passage(run + 100, BLOCK),
        ...context.slice(BLOCK, 2 * BLOCK).with(rng.nextBelow(BLOCK), 7),
      ];
      const { saved, match } = compare(context, prompt);
      expect(saved.tokens).toBe(0);
      const near = match.advisory.find(({ prompt: { begin } }) => begin === BLOCK);
      if (near === undefined || near.kind === 'passage') continue;
      found++;
      expect(near).toMatchObject({ kind: 'near-block', editTokens: 1 });
      expect(near.context.begin).toBe(BLOCK);
      expect(near.hammingBits).toBeLessThanOrEqual(8);
      expect(near.jaccard).toBeLessThan(1);
    }
    expect(found).toBeGreaterThan(20);
  });

  it('never come from another scope', () => {
    const registry = createRegistry({ model: MODEL });
    registry.register({ key: OWNER, tokens: SYSTEM, scope: { cacheSalt: 'tenant-7' } });
    const prompt = { tokens: [1, ...SYSTEM] };
    expect(registry.match(prompt)).toMatchObject({ advisory: [], nearest: undefined });
    expect(() => registry.sharedContext([OWNER], prompt)).toThrowError(/registry\.no-shared-scope/);
    const scope = { cacheSalt: 'tenant-7' };
    expect(registry.match({ ...prompt, scope }).advisory).toHaveLength(1);
  });
});

describe('exactness', () => {
  it('is lost to a permuted, a shifted, and a one-token-changed block', () => {
    const block = fc.uniqueArray(fc.nat(1_000), { minLength: BLOCK, maxLength: BLOCK });
    fc.assert(
      fc.property(block, fc.nat(BLOCK - 1), fc.nat(BLOCK - 2), (tokens, at, swap) => {
        const [a, b] = [tokens[swap], tokens[swap + 1]];
        const alike = [
          tokens.with(swap, b).with(swap + 1, a),
          [5_000, ...tokens.slice(0, BLOCK - 1)],
          [...tokens.slice(1), tokens[0]],
          tokens.with(at, 5_000),
          tokens.toReversed(),
        ];
        for (const other of alike) {
          const { saved, common, match } = compare(tokens, other);
          expect([saved.tokens, common.tokens, match.exact.tokens]).toEqual([0, 0, 0]);
        }
        expect(compare(tokens, tokens).saved.tokens).toBe(BLOCK);
      }),
      { numRuns: 50 },
    );
  });
});
