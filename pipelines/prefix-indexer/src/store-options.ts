import type { OptionsOf, OptionTable } from '@wavetune/cli';
import {
  createPrefixIndex,
  type IndexStore,
  openStore,
  type PrefixIndex,
} from '@wavetune/prefix-index';

/** Which store a command works on. */
export const STORE_OPTIONS = {
  store: {
    type: 'string',
    default: 'index.duckdb',
    describe: 'index.duckdb, index.jsonl or redis://host:port',
  },
} as const satisfies OptionTable;

/** Runs `work` on a store that is there, and closes it whatever happens. */
export async function withStore<T>(
  { store: url }: OptionsOf<typeof STORE_OPTIONS>,
  work: (store: IndexStore) => Promise<T>,
): Promise<T> {
  const store = await openStore({ url, settings: {}, access: 'read' });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/** All of a store in memory. */
export async function loadIndex(store: IndexStore): Promise<PrefixIndex> {
  const index = createPrefixIndex(store.settings());
  for await (const totals of store.load()) index.merge(totals);
  return index;
}
