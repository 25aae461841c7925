import { createTurns } from '../log/turns.ts';
import type { IndexStore } from './index-store.ts';

/** The same store, whose changes wait for one another. */
export function oneAtATime(store: IndexStore): IndexStore {
  const inTurn = createTurns();
  return {
    ...store,
    commit: (change) => inTurn(() => store.commit(change)),
    prune: (beforeMillis) => inTurn(() => store.prune(beforeMillis)),
    compact: () => inTurn(() => store.compact()),
    verify: () => inTurn(() => store.verify()),
    close: () => inTurn(() => store.close()),
  };
}
