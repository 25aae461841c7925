import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from '../src/index.ts';
import { hasRedis, type RedisServer, startRedis } from './support/redis-server.ts';
import { describeStore, type StoreKit, type StorePlace } from './support/store-kit.ts';

const folder = mkdtempSync(join(tmpdir(), 'prefix-index-stores-'));
let places = 0;

const placeOf = (url: string): StorePlace => ({
  open: (settings = undefined) => openStore({ url, settings: { ...settings }, access: 'write' }),
});

/** Nothing to start, and files that go at the end. */
const files = {
  start: async () => undefined,
  stop: async () => rmSync(folder, { recursive: true, force: true }),
};

let redis: RedisServer;
const KITS: readonly StoreKit[] = [
  { name: 'memory', isDurable: false, runs: 50, ...files, newPlace: () => placeOf('memory:') },
  ...['jsonl', 'duckdb'].map((name) => ({
    name,
    isDurable: true,
    runs: name === 'jsonl' ? 50 : 12,
    ...files,
    newPlace: () => placeOf(join(folder, `store-${places++}.${name}`)),
  })),
];
const REDIS: StoreKit = {
  name: 'redis',
  isDurable: true,
  runs: 30,
  start: async () => {
    redis = await startRedis();
  },
  stop: () => redis.stop(),
  newPlace: () => placeOf(`${redis.url}/0?namespace=test-${places++}`),
};

for (const kit of hasRedis() ? [...KITS, REDIS] : KITS) describeStore(kit);
