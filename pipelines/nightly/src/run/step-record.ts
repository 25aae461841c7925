import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalJson, publishFile, sha256OfFile } from '@wavetune/core';
import { z } from 'zod';

const outputSchema = z.strictObject({ path: z.string(), bytes: z.int(), sha256: z.string() });

const recordSchema = z.strictObject({
  schema: z.literal('nightly-step/1'),
  step: z.string(),
  key: z.string(),
  outputs: z.array(outputSchema),
});

/** What a step left, and what it was made from. */
export type StepRecord = Readonly<z.infer<typeof recordSchema>>;

/** A file of a step, relative to the run's folder. */
export type StepOutput = Readonly<z.infer<typeof outputSchema>>;

/** A digest of all that a step's outputs depend on. */
export function keyDigest(parts: unknown): string {
  return createHash('sha256').update(canonicalJson(parts)).digest('hex');
}

/** Every file under a folder with its size and digest, by path. */
export async function describeOutputs(folder: string): Promise<readonly StepOutput[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const outputs: StepOutput[] = [];
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const full = join(entry.parentPath, entry.name);
    const { size } = await stat(full);
    const path = full.slice(folder.length + 1);
    outputs.push({ path, bytes: size, sha256: await sha256OfFile(full) });
  }
  return outputs.sort((a, b) => (a.path < b.path ? -1 : 1));
}

export async function writeRecord(path: string, record: StepRecord): Promise<void> {
  await publishFile(path, [canonicalJson(record, 1)]);
}

/**
 * The record of a step that is done: of this key, with every output as it was left. Undefined where there is none, it is
 * of another key, damaged, or an output has changed; then the step is done again.
 */
export async function readDoneRecord(
  runFolder: string,
  step: string,
  key: string,
): Promise<StepRecord | undefined> {
  const text = await readFile(recordPath(runFolder, step), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const parsed = recordSchema.safeParse(jsonOf(text));
  if (!parsed.success || parsed.data.key !== key) return undefined;
  for (const { path, bytes, sha256 } of parsed.data.outputs) {
    const full = join(runFolder, path);
    const found = await stat(full).catch(() => undefined);
    if (found?.size !== bytes || (await sha256OfFile(full)) !== sha256) return undefined;
  }
  return parsed.data;
}

export function recordPath(runFolder: string, step: string): string {
  return join(runFolder, 'steps', `${step}.json`);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
