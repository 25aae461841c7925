import { readdir, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { recordPath, type StepRecord } from './step-record.ts';

/**
 * Removes from a run's folder every file that no step's record names, `kept` apart: what killed writers left between a
 * temporary file and its name, and outputs of steps that a changed configuration no longer has.
 */
export async function removeStrays(
  runFolder: string,
  records: readonly StepRecord[],
  kept: readonly string[],
): Promise<void> {
  const named = new Set(kept);
  for (const { step, outputs } of records) {
    named.add(relative(runFolder, recordPath(runFolder, step)));
    for (const { path } of outputs) named.add(path);
  }
  for (const entry of await readdir(runFolder, { recursive: true, withFileTypes: true })) {
    const full = join(entry.parentPath, entry.name);
    if (!entry.isDirectory() && !named.has(relative(runFolder, full)))
      await rm(full, { force: true });
  }
}
