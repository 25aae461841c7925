import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPromptSpace } from '../../src/generate/prompt.ts';

function blocksOf(prompt: ReturnType<ReturnType<typeof createPromptSpace>['open']>): number[] {
  const out = new Uint32Array(prompt.blocks);
  prompt.writeBlocks(out);
  return [...out];
}

const pieces = fc.array(fc.nat(3), { maxLength: 5 });

describe('createPromptSpace', () => {
  it('shares blocks that end inside shared content, worked by hand', () => {
    const space = createPromptSpace(10);
    const first = space.open();
    first.appendShared(1, 25);
    first.appendOwn(8);
    expect(blocksOf(first)).toEqual([0, 1, 2, 3]);
    const second = space.open();
    second.appendShared(1, 25);
    expect(second.sharedBlocks).toBe(2);
    second.appendOwn(5);
    expect(blocksOf(second)).toEqual([0, 1, 4]);
    second.appendOwn(1);
    expect(blocksOf(second)).toEqual([0, 1, 4, 5]);
    second.rewindToShared();
    second.appendOwn(5);
    expect(blocksOf(second)).toEqual([0, 1, 6]);
  });

  it('gives two prompts a common block exactly where their shared pieces agree to its end', () => {
    fc.assert(
      fc.property(pieces, pieces, (left, right) => {
        const space = createPromptSpace(4);
        const tokensOf = (content: number) => content + 3;
        const [a, b] = [left, right].map((list) => {
          const prompt = space.open();
          for (const content of list) prompt.appendShared(content, tokensOf(content));
          prompt.appendOwn(1);
          return blocksOf(prompt);
        });
        const common = a.findIndex((id, i) => id !== b[i]);
        const counted = common < 0 ? a.length : common;
        const whole = wholePieces(left, right).reduce((sum, content) => sum + tokensOf(content), 0);
        expect(counted).toBe(Math.floor(whole / 4));
      }),
    );
  });

  it('refuses shared content after own content: it would have to be shared with nobody', () => {
    const prompt = createPromptSpace(4).open();
    prompt.appendOwn(1);
    expect(() => prompt.appendShared(1, 4)).toThrow('shared content after own content');
  });
});

/** Contents that both lists begin with. */
function wholePieces(left: readonly number[], right: readonly number[]): readonly number[] {
  const differs = left.findIndex((content, i) => content !== right[i]);
  return differs < 0 ? left : left.slice(0, differs);
}
