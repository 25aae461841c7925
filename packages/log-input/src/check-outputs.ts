import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { checkPublishable } from '@wavetune/core';
import { logInputError } from './log-input-errors.ts';

/** The files that a command will write, by the option that names them; undefined where it does not. */
export type Outputs = Readonly<Record<string, string | undefined>>;

/**
 * Makes sure, before anything long begins, that every output can be written and that none is a log or another output.
 *
 * @param files - The logs; `-` among the outputs is standard output.
 * @throws WavetuneError `usage.output-in-use`; `core.cannot-publish`.
 */
export async function checkOutputs(outputs: Outputs, files: readonly string[]): Promise<void> {
  const users = new Map<string, string>();
  for (const file of files) users.set(await realPathOf(file), `the log ${file}`);
  for (const [option, path] of Object.entries(outputs)) {
    if (path === undefined || path === '-') continue;
    const target = resolve(await checkPublishable(path));
    const user = users.get(target);
    if (user !== undefined) throw logInputError('usage.output-in-use', { option, path, user });
    users.set(target, `what --${option} writes`);
  }
}

/** A file that is not there is refused where it is read. */
async function realPathOf(file: string): Promise<string> {
  return await realpath(file).catch(() => resolve(file));
}
