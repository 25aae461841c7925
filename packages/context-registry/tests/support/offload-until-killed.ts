import { openOffloadStore } from '../../src/memory/offload-store.ts';
import { createRegistry } from '../../src/registry/registry.ts';

/** Writes and removes contexts in a store until it is killed; says so once it has begun. */
const registry = createRegistry({ model: { name: 'toy', bytesPerToken: 1 }, blockSize: 4 });
const store = await openOffloadStore(process.argv[2], registry);
for (let round = 0; ; round++) {
  const key = { agent: `a${round % 7}`, context: 'main' };
  const tokens = Array.from({ length: 20_000 }, (_, at) => at + round);
  const { entry } = registry.register({ key, tokens });
  await store.write(entry, round);
  if (round % 3 === 0) await store.remove(entry.label);
  if (round === 0) console.log('begun');
}
