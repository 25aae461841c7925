import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BatchDelta, TotalsColumns } from '../../src/index.ts';
import type { IndexStore, StoreChange } from '../../src/stores/index-store.ts';
import { deltaOf, event, events, feedbackDelta, HALF_LIFE_MILLIS, sayingsOf } from './deltas.ts';

/** A place where a store can be, and what the laws need to know of it. */
export interface StorePlace {
  open(settings?: { readonly halfLifeMillis: number }): Promise<IndexStore>;
}

/** How a kind of store is set up. */
export interface StoreKit {
  readonly name: string;
  /** A store that closes and opens again holds what it held. */
  readonly isDurable: boolean;
  readonly runs: number;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** A new place each time. */
  newPlace(): StorePlace;
}

export function changeOf({ totals, ...batch }: BatchDelta): StoreChange {
  return { batches: [batch], totals };
}

export async function chunksOf(store: IndexStore): Promise<readonly TotalsColumns[]> {
  const chunks: TotalsColumns[] = [];
  for await (const chunk of store.load()) chunks.push(chunk);
  return chunks;
}

async function batchIdsOf(store: IndexStore): Promise<readonly string[]> {
  const ids: string[] = [];
  for await (const { batchId } of store.batches()) ids.push(batchId);
  return ids.sort();
}

/** What every store does, whatever it stands on. */
export function describeStore(kit: StoreKit): void {
  beforeAll(() => kit.start());
  afterAll(() => kit.stop());
  const reopened = async (place: StorePlace, store: IndexStore): Promise<IndexStore> => {
    if (!kit.isDurable) return store;
    await store.close();
    return place.open();
  };

  describe(`the ${kit.name} store`, () => {
    it('holds what was committed, however it was cut, ordered, compacted and reopened', async () => {
      const steps = fc.array(fc.constantFrom('commit', 'commit', 'commit', 'reopen', 'compact'), {
        minLength: 1,
        maxLength: 8,
      });
      await fc.assert(
        fc.asyncProperty(fc.array(events, { maxLength: 30 }), steps, async (all, program) => {
          const place = kit.newPlace();
          let store = await place.open();
          const size = Math.ceil(all.length / program.length);
          const expected: TotalsColumns[] = [];
          for (const [i, step] of program.entries()) {
            if (step === 'reopen') store = await reopened(place, store);
            if (step === 'compact') await store.compact();
            const delta = deltaOf(`batch ${i}`, all.slice(i * size, (i + 1) * size));
            if (step !== 'commit' || delta.events === 0) continue;
            expect(await store.commit(changeOf(delta))).toBe('applied');
            expected.unshift(delta.totals);
          }
          store = await reopened(place, store);
          expect(sayingsOf(await chunksOf(store))).toEqual(sayingsOf(expected));
          await store.close();
        }),
        { numRuns: kit.runs },
      );
    });

    it('applies a batch once, also of two that come at the same time, also after a restart', async () => {
      const place = kit.newPlace();
      let store = await place.open();
      const change = changeOf(deltaOf('one', [event()]));
      const outcomes = await Promise.all([store.commit(change), store.commit(change)]);
      expect(outcomes.sort()).toEqual(['applied', 'known']);
      store = await reopened(place, store);
      expect(await store.commit(change)).toBe('known');
      expect(await store.knownBatches(['one', 'two'])).toEqual(['one']);
      expect(sayingsOf(await chunksOf(store))).toEqual(sayingsOf([change.totals]));
      expect(await batchIdsOf(store)).toEqual(['one']);
      await store.close();
    });

    it('takes several batches as one change, or none of them', async () => {
      const store = await kit.newPlace().open();
      const [a, b, c] = ['a', 'b', 'c'].map((id) => changeOf(deltaOf(id, [event()])));
      const both = { batches: [...a.batches, ...b.batches], totals: a.totals };
      expect(await store.commit(both)).toBe('applied');
      const again = { batches: [...b.batches, ...c.batches], totals: a.totals };
      expect(await store.commit(again)).toBe('known');
      expect(await batchIdsOf(store)).toEqual(['a', 'b']);
      await store.close();
    });

    it('holds feedback, which has no events', async () => {
      const place = kit.newPlace();
      let store = await place.open();
      const delta = feedbackDelta('feedback', 5000);
      await store.commit(changeOf(delta));
      store = await reopened(place, store);
      expect(sayingsOf(await chunksOf(store))).toEqual(sayingsOf([delta.totals]));
      await store.close();
    });

    it('forgets keys and batches of before a time, and calls such a batch expired', async () => {
      const place = kit.newPlace();
      let store = await place.open();
      const old = deltaOf('old', [event({ prefix_id: 'old' }), event({ prefix_id: 'both' })]);
      const both = event({ prefix_id: 'both', timestamp_ms: 9000 });
      const late = deltaOf('new', [both, event({ prefix_id: 'new', timestamp_ms: 8000 })]);
      for (const delta of [old, late]) await store.commit(changeOf(delta));
      expect(await store.prune(5000)).toBe(1);
      store = await reopened(place, store);
      const prefixes = (await chunksOf(store)).flatMap(({ prefixes: some }) => some);
      expect([...new Set(prefixes)].sort()).toEqual(['both', 'new']);
      expect(await batchIdsOf(store)).toEqual(['new']);
      expect(await store.commit(changeOf(old))).toBe('expired');
      expect(await store.commit(changeOf(late))).toBe('known');
      expect((await store.state()).prunedBeforeMillis).toBe(5000);
      await store.close();
    });

    it('keeps one row a key when it is compacted, and its identity', async () => {
      const place = kit.newPlace();
      let store = await place.open();
      for (let i = 0; i < 5; i++) await store.commit(changeOf(deltaOf(`batch ${i}`, [event()])));
      const { storeId } = await store.state();
      await store.compact();
      store = await reopened(place, store);
      expect(await store.state()).toMatchObject({ storeId, rowCount: 1 });
      expect(await store.verify()).toEqual({
        rows: 1,
        keys: 1,
        batches: 5,
        logRecords: 0,
        logTornBytes: 0,
      });
      expect(await batchIdsOf(store)).toHaveLength(5);
      await store.close();
    });

    it('remembers how much of a log it holds', async () => {
      if (kit.name === 'redis') return;
      const place = kit.newPlace();
      let store = await place.open();
      await store.commit({ ...changeOf(deltaOf('a', [event()])), logSequence: 7 });
      await store.compact();
      store = await reopened(place, store);
      expect((await store.state()).logSequence).toBe(7);
      await store.close();
    });

    it.skipIf(!kit.isDurable)('refuses other settings than it was made with', async () => {
      const place = kit.newPlace();
      const store = await place.open({ halfLifeMillis: HALF_LIFE_MILLIS });
      await store.close();
      const other = place.open({ halfLifeMillis: 1234 });
      await expect(other).rejects.toMatchObject({ code: 'index-store.other-settings' });
      const same = await place.open();
      expect(same.settings().halfLifeMillis).toBe(HALF_LIFE_MILLIS);
      await same.close();
    });
  });
}
