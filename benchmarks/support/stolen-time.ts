import { readFileSync } from 'node:fs';

/** As Linux counts, since the machine started. */
interface Ticks {
  readonly stolen: number;
  readonly all: number;
}

function ticks(): Ticks {
  const [line] = readFileSync('/proc/stat', 'utf8').split('\n', 1);
  const counted = line.trim().split(/\s+/).slice(1, 9).map(Number);
  return { stolen: counted[7], all: counted.reduce((sum, some) => sum + some) };
}

/**
 * Begins to watch how much of the machine's time its host takes: nothing that is measured here could run in it.
 *
 * @returns What tells the share since then, in percent.
 */
export function watchStolenTime(): () => number {
  const before = ticks();
  return () => {
    const after = ticks();
    const share = (after.stolen - before.stolen) / Math.max(1, after.all - before.all);
    return Number((100 * share).toFixed(1));
  };
}
