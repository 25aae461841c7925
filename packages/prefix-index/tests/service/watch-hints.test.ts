import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '@wavetune/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ServiceCalls } from '../../src/service/calls.ts';
import type { NumberedChange, SuggestAnswer } from '../../src/service/served-index.ts';
import { createTextCache } from '../../src/service/text-cache.ts';
import { createTextRooms, type HeldText } from '../../src/service/text-rooms.ts';
import { watchHints } from '../../src/service/watch-hints.ts';

const caller = { name: 'watcher', tenants: undefined, actions: ['read'] } as const;

/** An index that holds one number, whose answers take more of the time than they may. */
function countingIndex() {
  const listeners = new Set<(change: NumberedChange) => void>();
  const rooms = createTextRooms();
  let number = 0;
  const watch = (listener: (change: NumberedChange) => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  const staleness = { staleMillis: 250, clock: systemClock, onStale: () => undefined };
  const cache = createTextCache({ watch }, staleness);
  const make = async (): Promise<SuggestAnswer<HeldText>> => {
    const text = rooms.put(Buffer.from(`{"asOf":${number},"hints":[${number}]}`));
    const asOfChange = number;
    await sleep(1);
    return { text, asOfChange, tookMillis: 40, mayBeKept: true };
  };
  const calls = {
    suggestAnew: async () => cache.answer('q', undefined, make, false),
    watch: (_: unknown, __: unknown, onChange: () => void) => watch(onChange),
  } as unknown as ServiceCalls;
  return {
    calls,
    change: () => {
      number++;
      for (const listener of listeners) listener({ number, tenants: undefined });
    },
    last: () => number,
    /** As others ask, who may get an old answer. */
    ask: async () => (await cache.answer('q', undefined, make)).letGo(),
  };
}

describe('watchHints', () => {
  it('sends what stands in the end, whatever changes when, however much others ask, however slow the receiver', async () => {
    const step = fc.record({
      millis: fc.constantFrom(0, 0, 1, 5),
      act: fc.constantFrom('change', 'ask', 'catch up'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), fc.boolean(), async (steps, isSlow) => {
        const { calls, change, last, ask } = countingIndex();
        const sent: number[] = [];
        const open = watchHints(calls, {
          caller,
          question: { topK: 1 },
          minIntervalMillis: 2,
          send: (suggestion) => {
            sent.push(JSON.parse(suggestion.toString()).hints[0]);
            return !isSlow;
          },
          onFailure: (failure) => {
            throw failure;
          },
        });
        const acts = { change, ask, 'catch up': open.resume };
        for (const { millis, act } of steps) {
          void acts[act]();
          if (millis > 0) await sleep(millis);
        }
        for (let i = 0; i < 30 && sent.at(-1) !== last(); i++) {
          await sleep(10);
          open.resume();
        }
        expect(sent.at(-1)).toBe(last());
        expect(sent).toEqual([...new Set(sent)].sort((a, b) => a - b));
        open.close();
      }),
      { numRuns: 25 },
    );
  });
});
