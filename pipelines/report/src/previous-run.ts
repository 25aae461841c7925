import { readdir } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { Session } from '@wavetune/cli';
import { isWavetuneError } from '@wavetune/core';
import { type RunDocuments, readRun } from '@wavetune/report';
import type { RawOptions } from './options.ts';

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/**
 * The run to compare with: the one that was named, or the latest day before this one's among its neighbours.
 *
 * @throws WavetuneError where a run that was named cannot be read; one that was only found is left out with a note.
 */
export async function findPrevious(
  { run, previous }: Pick<RawOptions, 'run' | 'previous'>,
  session: Session,
): Promise<RunDocuments | undefined> {
  if (previous === 'none') return undefined;
  if (previous !== undefined) return readRun(previous);
  const found = await dayBefore(resolve(run));
  if (found === undefined) return undefined;
  try {
    return await readRun(found);
  } catch (error) {
    if (!isWavetuneError(error)) throw error;
    session.note(`no comparison with ${found}: ${error.message}`);
    return undefined;
  }
}

async function dayBefore(run: string): Promise<string | undefined> {
  const today = basename(run);
  if (!DAY.test(today)) return undefined;
  const names = await readdir(dirname(run)).catch((): string[] => []);
  const last = names
    .filter((name) => DAY.test(name) && name < today)
    .sort()
    .at(-1);
  return last === undefined ? undefined : join(dirname(run), last);
}
