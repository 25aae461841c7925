import { describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS, type PrefixEvent } from '../src/index.ts';
import { openLiveIndex } from '../src/live/open-live-index.ts';
import { fixedClock } from './support/fixed-clock.ts';

const event = (over: Partial<PrefixEvent> = {}): PrefixEvent => ({
  prefix_id: 'p1',
  tenant: 'acme',
  model_id: 'm',
  layer: '0',
  page_start: 0,
  page_end: 3,
  bytes: 100,
  timestamp_ms: 1000,
  ...over,
});

describe('openLiveIndex on memory', () => {
  const options = { storeUrl: 'memory:', settings: DEFAULT_SETTINGS, clock: fixedClock(1000) };

  it('takes a batch once, tells watchers, and suggests what it took', async () => {
    const live = await openLiveIndex(options);
    const tenants: string[] = [];
    live.watch((change) => tenants.push(...change.tenants));
    const events = [event(), event({ prefix_id: 'p2', bytes: 300 })];
    const [first, same] = await Promise.all([live.ingest({ events }), live.ingest({ events })]);
    expect([first.ingested, first.outcome]).toEqual([2, 'applied']);
    expect([same.ingested, same.outcome]).toEqual([0, 'known']);
    expect(tenants).toEqual(['acme']);
    const { hints } = live.suggest({ topK: 5 });
    expect(hints.map((hint) => [hint.prefix_id, hint.score])).toEqual([
      ['p2', 300],
      ['p1', 100],
    ]);
    await live.close();
  });

  it('refuses events of the far future and takes the others', async () => {
    const live = await openLiveIndex(options);
    const events = [event({ timestamp_ms: 9e12 }), event()];
    const receipt = await live.ingest({ events });
    expect(receipt.ingested).toBe(1);
    expect(receipt.refused.map(({ index }) => index)).toEqual([0]);
    expect(live.stats()).toMatchObject({ ingestedEvents: 1, refusedEvents: 1, prefixes: 1 });
    await live.close();
    await expect(live.ingest({ events })).rejects.toMatchObject({ code: 'live-index.closed' });
  });
});
