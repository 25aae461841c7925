import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { capacityBlocksOf, type KvModel, parseCapacity } from '../src/index.ts';

const model: KvModel = {
  name: 'm',
  device: 'd',
  bytesPerToken: 131_072,
  prefill: { secondsPerToken: 1, secondsPerTokenPair: 0 },
};
const ground = { distinctBlocks: 182_790, blockSize: 512, model };
const blocksOf = (text: string, over: object = {}): number =>
  capacityBlocksOf(parseCapacity(text), { ...ground, ...over });

describe('capacityBlocksOf', () => {
  it('takes shares of the distinct blocks, blocks, and bytes of the model', () => {
    expect(['1%', '0.5%', '100%', '8192', '40GiB'].map((text) => blocksOf(text))).toEqual([
      1828, 914, 182_790, 8192, 640,
    ]);
    expect(blocksOf('7%', { distinctBlocks: 100 })).toBe(7);
  });

  it('rounds shares up and bytes down, so that neither promises what is not there', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e6 }),
        fc.integer({ min: 1, max: 100 }),
        (d, percent) => {
          const blocks = blocksOf(`${percent}%`, { distinctBlocks: d });
          expect(blocks).toBeGreaterThanOrEqual((percent / 100) * d - 1e-6);
          expect(blocks).toBeLessThan((percent / 100) * d + 1);
        },
      ),
    );
  });

  it.each([
    ['0', 'cache-sizing.no-capacity'],
    ['0%', 'cache-sizing.no-capacity'],
    ['63MiB', 'cache-sizing.too-small'],
    ['-5', 'usage.bad-capacity'],
    ['4 parsecs', 'usage.bad-capacity'],
  ])('refuses %s with %s', (text, code) => {
    expect(() => blocksOf(text)).toThrow(expect.objectContaining({ code }));
  });

  it('needs a model to read bytes', () => {
    expect(() => blocksOf('1GiB', { model: undefined })).toThrow(
      expect.objectContaining({ code: 'usage.size-needs-model' }),
    );
  });
});
