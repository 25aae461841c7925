import { randomBytes } from 'node:crypto';
import type { Redis } from 'ioredis';
import { rowSlices } from '../totals/row-slices.ts';
import type { StoreSettings } from '../totals/settings.ts';
import type { TotalsColumns } from '../totals/totals-columns.ts';
import { batchFromJson, batchToJson, decodeChange, encodeChange } from './change-json.ts';
import { contentsSince } from './contents.ts';
import type {
  BatchRecord,
  CommitOutcome,
  IndexStore,
  StoreChange,
  StoreState,
} from './index-store.ts';
import { mergeRows } from './merge-rows.ts';
import { connectRedis, type RedisPlace, redisFailure, redisPlaceOf } from './redis-connection.ts';
import { followRedis } from './redis-follow.ts';
import {
  COMMIT_SCRIPT,
  compareIds,
  REBASE_SCRIPT,
  type RedisKeys,
  redisKeys,
} from './redis-keys.ts';
import {
  checkWanted,
  settingsFault,
  settingsFromJson,
  settingsOfNew,
  type WantedSettings,
} from './settings-match.ts';
import { storeError } from './store-errors.ts';
import { newStoreId } from './store-id.ts';

interface RedisState {
  readonly place: RedisPlace;
  readonly keys: RedisKeys;
  readonly redis: Redis;
  readonly settings: StoreSettings;
  /** Of the last change that `load` gave. */
  loadedId: string;
  /** Of the last change that was committed here; '' before the first. */
  committedId: string;
}

/** Rows an item of the base. */
const ROWS_AN_ITEM = 2000;
/** Changes stay in the stream so long after they are in the base, for those who follow. */
const KEEP_MILLIS = 600_000;

/**
 * A store in a Redis server, for several planners: a stream of changes, and a base into which `compact` folds them. A
 * change is as durable as the server makes it: `appendonly yes` and `appendfsync always` for every acknowledged event.
 *
 * @throws WavetuneError `index-store.unreachable`, `index-store.other-settings`, `index-store.not-a-store`.
 */
export async function openRedisStore(url: string, wanted: WantedSettings): Promise<IndexStore> {
  const place = redisPlaceOf(url);
  const redis = await connectRedis(place);
  const keys = redisKeys(place.namespace);
  const coded = <T>(work: Promise<T>): Promise<T> =>
    work.catch((error) => {
      throw redisFailure(place.name, error);
    });
  try {
    const settings = await coded(readSettings(redis, { place, keys, wanted }));
    const state: RedisState = { place, keys, redis, settings, loadedId: '0-0', committedId: '' };
    return storeOf(state, coded);
  } catch (error) {
    redis.disconnect();
    throw error;
  }
}

function storeOf(state: RedisState, coded: <T>(work: Promise<T>) => Promise<T>): IndexStore {
  const { place, keys, redis, settings } = state;
  const store: IndexStore = {
    kind: 'redis',
    settings: () => settings,
    state: () => coded(readState(state)),
    load: () => load(state),
    knownBatches: (batchIds) => coded(knownBatches(state, batchIds)),
    batches: () => batches(state),
    commit: (change) => coded(commit(state, change)),
    prune: (beforeMillis) => coded(rebase(state, store, beforeMillis)),
    compact: async () => {
      await coded(rebase(state, store, Number.NEGATIVE_INFINITY));
    },
    verify: async () => {
      const { rowCount } = await store.state();
      const table = await mergeRows(store.load(), settings.halfLifeMillis);
      const batchCount = await coded(redis.hlen(keys.batches));
      return {
        rows: rowCount,
        keys: table.rowCount(),
        batches: batchCount,
        logRecords: 0,
        logTornBytes: 0,
      };
    },
    follow: (follower) => {
      const connect = () => connectRedis(place);
      const committedId = () => state.committedId;
      const { name } = place;
      return followRedis({ name, keys, connect, afterId: state.loadedId, committedId }, follower);
    },
    close: async () => {
      await redis.quit().catch(() => redis.disconnect());
    },
  };
  return store;
}

/** The first to open a store makes it. */
async function readSettings(
  redis: Redis,
  { place, keys, wanted }: Pick<RedisState, 'place' | 'keys'> & { readonly wanted: WantedSettings },
): Promise<StoreSettings> {
  await redis.hsetnx(keys.store, 'id', newStoreId());
  await redis.hsetnx(keys.store, 'settings', JSON.stringify(settingsOfNew(wanted)));
  let settings: StoreSettings;
  try {
    settings = settingsFromJson(JSON.parse(String(await redis.hget(keys.store, 'settings'))));
  } catch (cause) {
    const reason = settingsFault(cause, `${keys.store} holds no settings`);
    throw storeError('index-store.not-a-store', { path: place.name, reason }, { cause });
  }
  checkWanted(place.name, settings, wanted);
  return settings;
}

async function readState({ redis, keys, settings }: RedisState): Promise<StoreState> {
  const facts = await redis.hgetall(keys.store);
  const held = [keys.store, keys.batches, keys.changes, keys.baseOf(facts.base ?? '')];
  const sizes = await Promise.all(held.map((key) => redis.memory('USAGE', key)));
  return {
    storeId: facts.id,
    settings,
    logSequence: 0,
    prunedBeforeMillis: Number(facts.pruned_before_ms ?? Number.NEGATIVE_INFINITY),
    rowCount: Number(facts.rows ?? 0),
    sizeBytes: sizes.reduce((sum: number, size) => sum + Number(size ?? 0), 0),
  };
}

async function* load(state: RedisState): AsyncGenerator<TotalsColumns> {
  const { redis, keys, place } = state;
  try {
    const [base, end] = await redis.hmget(keys.store, 'base', 'base_end');
    const count = base === null ? 0 : await redis.llen(keys.baseOf(base));
    for (let i = 0; i < count; i++) {
      const item = await redis.lindex(keys.baseOf(String(base)), i);
      yield decodeChange(Buffer.from(String(item))).totals;
    }
    state.loadedId = end ?? '0-0';
    for (;;) {
      const entries = await redis.xrange(keys.changes, `(${state.loadedId}`, '+', 'COUNT', 256);
      if (entries.length === 0) break;
      for (const [id, [, text]] of entries) {
        yield decodeChange(Buffer.from(text)).totals;
        state.loadedId = id;
      }
    }
    await checkNotRebased(state, base, end ?? '0-0');
  } catch (error) {
    throw redisFailure(place.name, error);
  }
}

/** Another planner may have put a newer base in place while this one was read, and dropped changes that were not. */
async function checkNotRebased(
  { redis, keys, place }: RedisState,
  base: string | null,
  end: string,
): Promise<void> {
  const [baseNow, trimmedTo] = await redis.hmget(keys.store, 'base', 'trimmed_to');
  if (baseNow === base || trimmedTo === null || compareIds(trimmedTo, end) <= 0) return;
  throw storeError('index-store.unreachable-too-long', { url: place.name });
}

async function knownBatches(
  { redis, keys }: RedisState,
  batchIds: readonly string[],
): Promise<readonly string[]> {
  if (batchIds.length === 0) return [];
  const records = await redis.hmget(keys.batches, ...batchIds);
  return batchIds.filter((_, i) => records[i] !== null);
}

async function* batches({ redis, keys, place }: RedisState): AsyncGenerator<BatchRecord> {
  const seen = new Set<string>();
  let cursor = '0';
  try {
    do {
      const [next, pairs] = await redis.hscan(keys.batches, cursor, 'COUNT', 1000);
      cursor = next;
      for (let i = 1; i < pairs.length; i += 2) {
        const record = batchFromJson(JSON.parse(pairs[i]));
        if (!seen.has(record.batchId)) yield record;
        seen.add(record.batchId);
      }
    } while (cursor !== '0');
  } catch (error) {
    throw redisFailure(place.name, error);
  }
}

async function commit(state: RedisState, change: StoreChange): Promise<CommitOutcome> {
  const { redis, keys } = state;
  const newest = Math.max(...change.batches.map(({ newestMillis }) => newestMillis));
  const answer = await redis.eval(
    COMMIT_SCRIPT,
    3,
    keys.store,
    keys.batches,
    keys.changes,
    encodeChange(change),
    change.totals.rowCount,
    Number.isFinite(newest) ? newest : '',
    ...change.batches.flatMap((one) => [one.batchId, JSON.stringify(batchToJson(one))]),
  );
  const [outcome, id] = String(answer).split(' ');
  if (outcome === 'applied') state.committedId = id;
  return outcome as CommitOutcome;
}

/** Folds the changes into a new base. Where another planner does so at the same time, one of the two is in vain. */
async function rebase(state: RedisState, store: IndexStore, beforeMillis: number): Promise<number> {
  const { redis, keys, loadedId: followedFrom } = state;
  const [base, rowsBefore] = await redis.hmget(keys.store, 'base', 'rows');
  const { contents, pruned } = await contentsSince(store, beforeMillis);
  const end = state.loadedId;
  state.loadedId = followedFrom;
  const generation = randomBytes(6).toString('hex');
  for (const totals of rowSlices(contents.totals, ROWS_AN_ITEM)) {
    await redis.rpush(keys.baseOf(generation), encodeChange({ batches: [], totals }));
  }
  const trimTo = Math.min(Number(end.split('-')[0]), Date.now() - KEEP_MILLIS);
  const isNewest = await redis.eval(
    REBASE_SCRIPT,
    3,
    keys.store,
    keys.changes,
    keys.baseOf(base ?? ''),
    base ?? '',
    generation,
    end,
    contents.totals.rowCount - Number(rowsBefore ?? 0),
    Number.isFinite(contents.prunedBeforeMillis) ? contents.prunedBeforeMillis : '',
    Math.max(0, trimTo),
  );
  if (isNewest !== 1) {
    await redis.del(keys.baseOf(generation));
    return 0;
  }
  await forget(state, contents.batches);
  return pruned;
}

/** Batches that are not kept; a batch that came meanwhile is newer than what was pruned. */
async function forget(state: RedisState, kept: readonly BatchRecord[]): Promise<void> {
  const ids = new Set(kept.map(({ batchId }) => batchId));
  const { prunedBeforeMillis } = await readState(state);
  for await (const { batchId, newestMillis } of batches(state)) {
    if (ids.has(batchId) || !(newestMillis < prunedBeforeMillis)) continue;
    await state.redis.hdel(state.keys.batches, batchId);
  }
}
