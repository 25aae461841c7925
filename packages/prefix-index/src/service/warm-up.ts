import { setImmediate as otherWork } from 'node:timers/promises';
import type { Clock } from '@wavetune/core';
import type { PrefixIndex } from '../index/prefix-index.ts';
import { suggestJson } from '../suggest/suggest.ts';

/** Chosen: so many answers, or so long. */
const MOST_ANSWERS = 300;
const MOST_MILLIS = 1500;
const HINTS = 100;

/**
 * Answers what will be asked, before anybody asks: of all tenants, and of each of some. The first hundred answers would else
 * take ten times as long as later ones, in code that is not compiled yet and with prefixes that were not looked at.
 */
export async function warmUp(index: PrefixIndex, clock: Clock): Promise<void> {
  const startMillis = clock.monotonicMillis();
  const tenants = [...index.tenants().take(MOST_ANSWERS)];
  for (let answer = 0; answer < MOST_ANSWERS && tenants.length > 0; answer++) {
    if (clock.monotonicMillis() - startMillis > MOST_MILLIS) return;
    const tenant = tenants[answer % tenants.length];
    suggestJson(index, answer % 2 === 0 ? { topK: HINTS, tenants: [tenant] } : { topK: HINTS });
    await otherWork();
  }
}
