import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until something holds, at most `mostMillis`. */
export async function until(
  holds: () => boolean | Promise<boolean>,
  what: string,
  mostMillis = 15_000,
): Promise<void> {
  const endMillis = performance.now() + mostMillis;
  while (performance.now() < endMillis) {
    if (await holds()) return;
    await sleep(10);
  }
  throw new Error(`never: ${what}`);
}
