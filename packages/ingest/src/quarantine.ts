import { open } from 'node:fs/promises';
import { publishBy } from '@wavetune/core';

/** A record that was not read. */
export interface BadRecord {
  readonly file: string;
  /** Line, or number of the request in its document, from 1. */
  readonly record: number;
  readonly reason: string;
  /** The record's beginning; absent for formats that hold prompts or tokens. */
  readonly text?: string;
}

/** Where bad records go. */
export interface Quarantine {
  readonly count: () => number;
  /** The first few. */
  readonly examples: readonly BadRecord[];
  readonly add: (bad: BadRecord) => void;
  /** Hands what was added to the file system; call it now and then. */
  readonly flush: () => Promise<void>;
}

const EXAMPLES = 3;
const TEXT_CHARACTERS = 200;

/**
 * Runs `work` with a quarantine that becomes the file `path`, one JSON object a line, when and only when `work` succeeds.
 * Without a path, bad records are counted and not kept.
 *
 * @throws WavetuneError `core.cannot-publish`, and what `work` throws.
 */
export async function withQuarantine<T>(
  path: string | undefined,
  work: (quarantine: Quarantine) => Promise<T>,
): Promise<T> {
  if (path === undefined) return work(createQuarantine(async () => {}));
  let result: { readonly value: T } | undefined;
  await publishBy(path, async (temporary) => {
    const file = await open(temporary, 'wx');
    try {
      const quarantine = createQuarantine((lines) => file.appendFile(lines));
      result = { value: await work(quarantine) };
      await quarantine.flush();
    } finally {
      await file.close();
    }
  });
  return result!.value;
}

function createQuarantine(write: (lines: string) => Promise<void>): Quarantine {
  const examples: BadRecord[] = [];
  let count = 0;
  let buffered = '';
  return {
    count: () => count,
    examples,
    add: (bad) => {
      count++;
      const kept = bad.text === undefined ? bad : { ...bad, text: beginningOf(bad.text) };
      if (examples.length < EXAMPLES) examples.push(kept);
      buffered += `${JSON.stringify(kept)}\n`;
    },
    flush: async () => {
      if (buffered.length === 0) return;
      const lines = buffered;
      buffered = '';
      await write(lines);
    },
  };
}

/** A cut can split a surrogate pair; what is left of it is replaced. */
function beginningOf(text: string): string {
  return text.slice(0, TEXT_CHARACTERS).toWellFormed();
}
