import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createRegistry } from '../../src/index.ts';
import { sharedData } from '../support/shared-data.ts';

const { path, missing } = sharedData('vllm-kv-events', 'kv_event_base.json');
if (missing !== undefined) console.log(`skipped: ${missing}`);

describe('blockNamesOf', () => {
  it.skipIf(missing !== undefined)('gives the names that a real vLLM gave the same tokens', () => {
    const { tokens, names } = readVector(path);
    expect(names).toHaveLength(25);
    const registry = createRegistry({
      model: { name: 'm', bytesPerToken: 1 },
      hashSeed: '42',
    });
    const key = { agent: 'a', context: 'vector' };
    const { entry } = registry.register({ key, tokens });
    expect([...registry.blockNamesOf(entry)]).toEqual(names);
    for (const name of names) expect(registry.ownersOfBlock(name)).toEqual([key]);
  });

  it('finds who owns a block by its name, within its scope', () => {
    const registry = createRegistry({ model: { name: 'm', bytesPerToken: 1 }, blockSize: 2 });
    const mine = registry.register({ key: { agent: 'a', context: '1' }, tokens: [1, 2, 3, 4] });
    registry.register({ key: { agent: 'b', context: '1' }, tokens: [1, 2, 9] });
    registry.register({
      key: { agent: 'c', context: '1' },
      tokens: [1, 2, 3, 4],
      scope: { cacheSalt: 's' },
    });
    const [first, second] = registry.blockNamesOf(mine.entry);
    expect(
      registry
        .ownersOfBlock(first)
        .map(({ agent }) => agent)
        .sort(),
    ).toEqual(['a', 'b']);
    expect(registry.ownersOfBlock(second).map(({ agent }) => agent)).toEqual(['a']);
    expect(registry.ownersOfBlock(first + 1n)).toEqual([]);
  });
});

/** Names are beyond 2^53, so they are read as text. */
function readVector(file: string): { readonly tokens: number[]; readonly names: bigint[] } {
  const text = readFileSync(file, 'utf8');
  const printed = /"block_hashes": \[([^\]]*)\]/.exec(text)?.[1].split(',') ?? [];
  const { token_ids: tokens } = JSON.parse(text) as { readonly token_ids: number[] };
  return { tokens, names: printed.map(BigInt) };
}
