/** What a request asks of the textbook cache. */
export interface TextbookRequest {
  readonly timeMillis: number;
  readonly item: string;
  readonly sizeBytes: number;
}

interface Held {
  item: string;
  chargedBytes: number;
  expiresMillis: number;
  usedAt: number;
}

/**
 * The rule said plainly, over a list in order of insertion: what is expired goes, a hit changes nothing but when it was
 * used, a miss stores with the TTL of the memory in use, and what expires first (or was used longest ago) leaves for room.
 */
export class TextbookCache {
  held: Held[] = [];
  evictions = 0;
  private uses = 0;
  private readonly limitBytes: number;
  private readonly eviction: 'ttl' | 'lru';

  constructor(limitBytes: number, eviction: 'ttl' | 'lru') {
    this.limitBytes = limitBytes;
    this.eviction = eviction;
  }

  usedBytes(): number {
    return this.held.reduce((sum, { chargedBytes }) => sum + chargedBytes, 0);
  }

  expire(timeMillis: number): void {
    this.held = this.held.filter(({ expiresMillis }) => expiresMillis >= timeMillis);
  }

  use(item: string, timeMillis: number): boolean {
    this.expire(timeMillis);
    const found = this.held.find((held) => held.item === item);
    if (found !== undefined) found.usedAt = ++this.uses;
    return found !== undefined;
  }

  request({ timeMillis, item, sizeBytes }: TextbookRequest): boolean {
    if (this.use(item, timeMillis)) return true;
    const use = this.usedBytes() / this.limitBytes;
    const ttlSeconds = use < 0.5 ? 1800 : use <= 0.8 ? 900 : 300;
    this.store({ timeMillis, item, sizeBytes }, ttlSeconds);
    return false;
  }

  store({ timeMillis, item, sizeBytes }: TextbookRequest, ttlSeconds: number): void {
    this.expire(timeMillis);
    const chargedBytes = `item:${item}`.length + sizeBytes + 128;
    if (chargedBytes > this.limitBytes) return;
    this.held = this.held.filter((held) => held.item !== item);
    while (this.usedBytes() + chargedBytes > this.limitBytes) {
      const rank = (held: Held): number =>
        this.eviction === 'ttl' ? held.expiresMillis : held.usedAt;
      const first = this.held.reduce((a, b) => (rank(b) < rank(a) ? b : a));
      this.held = this.held.filter((held) => held !== first);
      this.evictions++;
    }
    const expiresMillis = timeMillis + ttlSeconds * 1000;
    this.held.push({ item, chargedBytes, expiresMillis, usedAt: ++this.uses });
  }

  evict(item: string): void {
    this.held = this.held.filter((held) => held.item !== item);
  }
}
