import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTokenFile } from '../../src/service/index.ts';
import { tokenOf } from './service-kit.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wavetune-tokens-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function read(content: unknown) {
  const path = join(folder, 'tokens.json');
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
  return readTokenFile(path);
}

const planner = {
  name: 'planner',
  sha256: tokenOf('secret').sha256,
  tenants: ['acme'],
  actions: ['read'],
};

describe('readTokenFile', () => {
  it('reads names, digests, tenants and actions; "*" is every tenant', async () => {
    const ops = { ...tokenOf('another', { name: 'ops' }), tenants: '*' };
    expect(await read({ schema: 'prefix-tokens/1', tokens: [planner, ops] })).toEqual([
      planner,
      { ...ops, tenants: undefined },
    ]);
  });

  it.each([
    ['no JSON', 'secret'],
    ['another schema', { schema: 'prefix-tokens/2', tokens: [planner] }],
    ['no tokens', { schema: 'prefix-tokens/1', tokens: [] }],
    ['a token as it is', { schema: 'prefix-tokens/1', tokens: [{ ...planner, sha256: 'secret' }] }],
    [
      'the digest of nothing',
      { schema: 'prefix-tokens/1', tokens: [tokenOf('', { name: 'empty' })] },
    ],
    ['no tenants', { schema: 'prefix-tokens/1', tokens: [{ ...planner, tenants: [] }] }],
    [
      'an unknown action',
      { schema: 'prefix-tokens/1', tokens: [{ ...planner, actions: ['all'] }] },
    ],
    ['an unknown field', { schema: 'prefix-tokens/1', tokens: [{ ...planner, token: 'secret' }] }],
    [
      'one name twice',
      { schema: 'prefix-tokens/1', tokens: [planner, tokenOf('another', { name: planner.name })] },
    ],
    [
      'one digest twice',
      { schema: 'prefix-tokens/1', tokens: [planner, { ...planner, name: 'other' }] },
    ],
  ])('refuses %s without repeating it', async (_, content) => {
    const failure = await read(content).catch((error: Error) => error);
    expect(failure).toMatchObject({ code: 'service.bad-token-file' });
    expect(String(failure)).not.toContain('secret');
  });

  it('refuses a file that is not there', async () => {
    await expect(readTokenFile(join(folder, 'none.json'))).rejects.toMatchObject({
      code: 'service.bad-token-file',
    });
  });
});
