import { createExpiryHeap, type ExpiryHeap } from './expiry-heap.ts';
import type { LedgerEntry } from './ledger-entry.ts';
import { createUseOrder, type UseOrder } from './use-order.ts';

/** What leaves where room is needed: the key that expires first (Redis' `volatile-ttl`), or the one unused for longest (`allkeys-lru`), both exactly. */
export type EvictionRule = 'ttl' | 'lru';

export interface LedgerOptions {
  readonly limitBytes: number;
  /** Beside key and value, for each key. */
  readonly overheadBytes: number;
  readonly eviction: EvictionRule;
}

/** What to store. */
export interface StoredValue {
  readonly key: string;
  readonly sizeBytes: number;
  readonly ttlSeconds: number;
}

/**
 * Which keys lie in a cache at every moment of a clock that its caller moves: what expires, what it takes of the memory,
 * what leaves for room. Holds no values. The same calls give the same answers, whatever time it is.
 */
export interface Ledger {
  /** Moves the clock on; the keys that have expired since, the first to expire first. */
  advance(nowMillis: number): readonly string[];
  /** Whether the key is there; counts as a use and changes nothing else. */
  use(key: string): boolean;
  has(key: string): boolean;
  /**
   * Stores a value from now on, in place of an older one of its key; undefined where it is larger than the memory, which
   * leaves all as it was. Otherwise the keys that left for it, in order.
   */
  store(value: StoredValue): readonly string[] | undefined;
  /** False where it was not there. */
  remove(key: string): boolean;
  usedBytes(): number;
  /** Used over allowed memory. */
  pressure(): number;
  /** In order of insertion. */
  entries(): Iterable<Readonly<LedgerEntry>>;
}

/** What a ledger keeps. */
interface Shelf extends LedgerOptions {
  readonly residents: Map<string, LedgerEntry>;
  readonly expiry: ExpiryHeap;
  /** Kept where it decides what leaves. */
  readonly uses: UseOrder | undefined;
  usedBytes: number;
  clockMillis: number;
  sequence: number;
}

const NOTHING: readonly string[] = [];

export function createLedger(options: LedgerOptions): Ledger {
  const shelf: Shelf = {
    ...options,
    residents: new Map(),
    expiry: createExpiryHeap(),
    uses: options.eviction === 'lru' ? createUseOrder() : undefined,
    usedBytes: 0,
    clockMillis: Number.NEGATIVE_INFINITY,
    sequence: 0,
  };
  const { residents } = shelf;
  return {
    advance: (nowMillis) => advance(shelf, nowMillis),
    use: (key) => {
      const entry = residents.get(key);
      if (entry === undefined) return false;
      entry.lastUseMillis = shelf.clockMillis;
      shelf.uses?.use(entry);
      return true;
    },
    has: (key) => residents.has(key),
    store: (value) => store(shelf, value),
    remove: (key) => {
      const entry = residents.get(key);
      if (entry !== undefined) drop(shelf, entry);
      return entry !== undefined;
    },
    usedBytes: () => shelf.usedBytes,
    pressure: () => shelf.usedBytes / shelf.limitBytes,
    entries: () => residents.values(),
  };
}

function advance(shelf: Shelf, nowMillis: number): readonly string[] {
  shelf.clockMillis = Math.max(shelf.clockMillis, nowMillis);
  let expired: string[] | undefined;
  for (let next = shelf.expiry.first(); next !== undefined; next = shelf.expiry.first()) {
    if (next.expiresMillis >= shelf.clockMillis) break;
    drop(shelf, next);
    expired ??= [];
    expired.push(next.key);
  }
  return expired ?? NOTHING;
}

function store(shelf: Shelf, value: StoredValue): readonly string[] | undefined {
  const { key, sizeBytes, ttlSeconds } = value;
  const chargedBytes = Buffer.byteLength(key) + sizeBytes + shelf.overheadBytes;
  if (chargedBytes > shelf.limitBytes) return undefined;
  const before = shelf.residents.get(key);
  if (before !== undefined) drop(shelf, before);
  const evicted = makeRoom(shelf, chargedBytes);
  const entry: LedgerEntry = {
    key,
    sizeBytes,
    chargedBytes,
    expiresMillis: shelf.clockMillis + ttlSeconds * 1000,
    sequence: shelf.sequence++,
    lastUseMillis: shelf.clockMillis,
    isResident: true,
    older: undefined,
    newer: undefined,
  };
  shelf.residents.set(key, entry);
  shelf.usedBytes += chargedBytes;
  shelf.expiry.put(entry);
  shelf.uses?.use(entry);
  return evicted;
}

function makeRoom(shelf: Shelf, neededBytes: number): readonly string[] {
  const order = shelf.uses ?? shelf.expiry;
  let evicted: string[] | undefined;
  while (shelf.usedBytes + neededBytes > shelf.limitBytes) {
    const victim = order.first() as LedgerEntry;
    drop(shelf, victim);
    evicted ??= [];
    evicted.push(victim.key);
  }
  return evicted ?? NOTHING;
}

function drop(shelf: Shelf, entry: LedgerEntry): void {
  shelf.residents.delete(entry.key);
  entry.isResident = false;
  shelf.usedBytes -= entry.chargedBytes;
  shelf.uses?.remove(entry);
}
