import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRng } from '@wavetune/core';

const DAY_MILLIS = 86_400_000;

/** How one synthetic day differs from the others. */
export interface DayOptions {
  readonly requests?: number;
  /** Moves every time, from the day that it belongs to. */
  readonly shiftMillis?: number;
  /** Deals the block ids out anew at every reference: no chain is left. */
  readonly shuffled?: boolean;
}

/** A configuration whose steps are as short as they can be. */
export const SHORT_CONFIG = `logs:
  files: logs/{date}.jsonl
  options: {block-size: 64}
replay: {policies: [lru, fifo], capacities: ['10%']}
`;

/**
 * A day of chats with shared prompts, 64-token blocks, times since 1970: eight prompts of four blocks, sessions that grow by
 * two blocks a turn. Days with other numbers share the prompts and nothing else.
 */
export function dayOfLogs(day: string, options: DayOptions = {}): string {
  const { requests = 400, shiftMillis = 0, shuffled = false } = options;
  const start = Date.parse(`${day}T00:00:00Z`);
  const rng = createRng(start / DAY_MILLIS);
  const sessions: number[][] = [];
  let next = 1000 * (start / DAY_MILLIS);
  const lines = Array.from({ length: requests }, (_, i) => {
    const at = rng.nextBelow(sessions.length + 8);
    const prompt = at % 8;
    const chain = sessions[at] ?? [1, 2, 3, 4].map((depth) => prompt * 10 + depth);
    const grown = [...chain, next++, next++];
    if (sessions.length < 40) sessions.push(grown);
    else
      sessions[at % 40] =
        grown.length > 24 ? [1, 2, 3, 4].map((depth) => prompt * 10 + depth) : grown;
    const ids = shuffled ? grown.map(() => rng.nextBelow(500)) : grown;
    return JSON.stringify({
      timestamp: start + shiftMillis + Math.floor((i * DAY_MILLIS) / requests),
      input_length: 64 * ids.length,
      output_length: 32,
      hash_ids: ids,
    });
  });
  return `${lines.join('\n')}\n`;
}

/** A folder with a configuration and the logs of some days. */
export function writeNights(folder: string, days: readonly string[], config = SHORT_CONFIG): void {
  mkdirSync(join(folder, 'logs'), { recursive: true });
  writeFileSync(join(folder, 'nightly.yaml'), config);
  for (const day of days) writeDay(folder, day);
}

export function writeDay(folder: string, day: string, options: DayOptions = {}): void {
  writeFileSync(join(folder, 'logs', `${day}.jsonl`), dayOfLogs(day, options));
}
