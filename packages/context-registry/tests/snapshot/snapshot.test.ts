import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRegistry, type Registry } from '../../src/registry/registry.ts';
import type { Registration } from '../../src/registry/types.ts';
import { readSnapshot, restoreSnapshot, writeSnapshot } from '../../src/snapshot/snapshot.ts';

let folder: string;
let path: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'context-snapshot-'));
  path = join(folder, 'a.snapshot');
});
afterAll(() => rm(folder, { recursive: true }));

const newRegistry = (model = 'toy', blockSize = 4): Registry =>
  createRegistry({ model: { name: model, bytesPerToken: 10 }, blockSize });

const name = fc.string({ minLength: 1, maxLength: 8, unit: 'grapheme' });
const registration: fc.Arbitrary<Registration> = fc
  .record({
    key: fc.record(
      { tenant: name, agent: name, context: name },
      { requiredKeys: ['agent', 'context'] },
    ),
    tokens: fc.array(fc.nat(0xffffffff - 1), { maxLength: 30 }),
    scope: fc.record({ lora: name, cacheSalt: name }, { requiredKeys: [] }),
    vector: fc.option(fc.constant(Float32Array.of(0.25, -1)), { nil: undefined }),
  })
  .map(({ vector, ...rest }) => (vector === undefined ? rest : { ...rest, vector }));

function contentOf(registry: Registry) {
  return [...registry.entries()].map((entry) => ({
    key: entry.key,
    scope: entry.scope,
    vector: entry.vector && [...entry.vector],
    tokens: [...registry.tokensOf(entry)],
  }));
}

describe('restoreSnapshot', () => {
  it('gives back what was written, in order, whatever it is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(registration, { maxLength: 12 }), async (registrations) => {
        const registry = newRegistry();
        for (const each of registrations) registry.register(each);
        expect(await writeSnapshot(registry, path, 'e')).toBe(registry.stats().contexts);
        const restored = newRegistry();
        await restoreSnapshot(restored, path, 'e');
        expect(contentOf(restored)).toEqual(contentOf(registry));
        expect(restored.stats()).toEqual(registry.stats());
      }),
      { numRuns: 40 },
    );
  });

  it('leaves out embeddings that another embedder made', async () => {
    const registry = newRegistry();
    const key = { agent: 'a', context: 'c' };
    registry.register({ key, tokens: [1], vector: Float32Array.of(1) });
    await writeSnapshot(registry, path, 'one');
    const restored = newRegistry();
    await restoreSnapshot(restored, path, 'another');
    expect(restored.get(key)?.vector).toBeUndefined();
  });

  it('leaves out contexts that lie in files, which are newer', async () => {
    const registry = newRegistry();
    const [here, away] = ['here', 'away'].map((agent) => ({ agent, context: 'c' }));
    for (const key of [here, away]) registry.register({ key, tokens: [1] });
    await writeSnapshot(registry, path);
    const restored = newRegistry();
    expect(await restoreSnapshot(restored, path, undefined, [away])).toBe(1);
    expect(contentOf(restored).map(({ key }) => key)).toEqual([here]);
  });

  it('refuses a file that is cut or changed at any byte, and says the way out', async () => {
    const registry = newRegistry();
    registry.register({ key: { agent: 'a', context: 'c' }, tokens: [1, 2, 3, 4, 5] });
    await writeSnapshot(registry, path);
    const whole = await readFile(path);
    const torn = join(folder, 'torn.snapshot');
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.boolean(), async (at, isCut) => {
        const bytes = isCut ? whole.subarray(0, at) : Buffer.from(whole);
        if (!isCut) bytes[at] ^= 0x20;
        await writeFile(torn, bytes);
        const empty = newRegistry();
        await expect(restoreSnapshot(empty, torn)).rejects.toMatchObject({
          code: 'snapshot.unreadable',
          message: expect.stringContaining('start without one'),
        });
        expect(empty.stats().contexts).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  it('refuses a file whose checksum is right and whose header is not', async () => {
    const head = Buffer.from('context-snapshot/1\n{"registry": nothing}\n');
    const digest = createHash('sha256').update(head).digest();
    const foreign = join(folder, 'foreign.snapshot');
    await writeFile(foreign, Buffer.concat([head, digest]));
    await expect(readSnapshot(foreign)).rejects.toThrow('snapshot.unreadable');
  });

  it('refuses a later version, another kind, another registry, and a registry that is not empty', async () => {
    const registry = newRegistry();
    registry.register({ key: { agent: 'a', context: 'c' }, tokens: [1] });
    await writeSnapshot(registry, path);
    const later = join(folder, 'later.snapshot');
    await writeFile(later, (await readFile(path)).toString('latin1').replace('/1', '/2'), 'latin1');
    await expect(readSnapshot(later)).rejects.toThrow('it is context-snapshot/2; accepted is');
    const json = join(folder, 'other.snapshot');
    await writeFile(json, '{"schema": "wavespec/1"}\n');
    await expect(readSnapshot(json)).rejects.toThrow('it does not begin with context-snapshot/1');
    await expect(restoreSnapshot(newRegistry('other'), path)).rejects.toMatchObject({
      code: 'snapshot.other-registry',
    });
    await expect(restoreSnapshot(newRegistry('toy', 8), path)).rejects.toThrow('blockSize 4');
    await expect(restoreSnapshot(registry, path)).rejects.toMatchObject({
      code: 'snapshot.not-empty',
    });
  });

  it('leaves the old snapshot where a new one cannot be written', async () => {
    const registry = newRegistry();
    registry.register({ key: { agent: 'a', context: 'c' }, tokens: [1] });
    await expect(writeSnapshot(registry, join(folder, 'no', 'such'))).rejects.toMatchObject({
      code: 'core.cannot-publish',
    });
    await writeSnapshot(registry, path);
    expect((await readdir(folder)).filter((file) => file.endsWith('.tmp'))).toEqual([]);
  });
});
