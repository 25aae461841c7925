import { readFile } from 'node:fs/promises';
import { publishFile } from '@wavetune/core';
import { z } from 'zod';
import { labelOf } from '../registry/owner-key.ts';
import type { Registry } from '../registry/registry.ts';
import type { OwnerKey, Registration } from '../registry/types.ts';
import {
  contextRecord,
  decodeContexts,
  encodeContext,
  mismatchOf,
  type RegistryRecord,
  recordOf,
  registryRecord,
  withVectorsOf,
} from './context-record.ts';
import { openSealed, sealedParts } from './sealed-file.ts';
import { snapshotError } from './snapshot-errors.ts';

/** What a snapshot holds. */
export interface Snapshot {
  readonly registry: RegistryRecord;
  /** In order of registration. */
  readonly contexts: readonly (Registration & { readonly tokens: Uint32Array })[];
}

const SCHEMA = 'context-snapshot/1';

const header = z.strictObject({ registry: registryRecord, contexts: z.array(contextRecord) });

/**
 * Writes what the registry holds at the call into a file; what changes meanwhile is not in it. A reader sees the old file
 * or the whole new one.
 *
 * Memory: a copy of all tokens while it writes.
 *
 * @param embedder - The name of what made the embeddings.
 * @returns How many contexts were written.
 * @throws WavetuneError `core.cannot-publish`
 */
export async function writeSnapshot(
  registry: Registry,
  path: string,
  embedder?: string,
): Promise<number> {
  const contexts = [...registry.entries()].map((entry) =>
    encodeContext(entry, registry.tokensOf(entry)),
  );
  const head = {
    registry: recordOf(registry, embedder),
    contexts: contexts.map(({ record }) => record),
  };
  const payload = contexts.flatMap((context) => context.payload);
  await publishFile(path, sealedParts(SCHEMA, head, payload));
  return contexts.length;
}

/** @throws WavetuneError `snapshot.unreadable` for a file that is torn, changed or of another kind or version. */
export async function readSnapshot(path: string): Promise<Snapshot> {
  const refuse = (reason: string, cause?: unknown): Error =>
    snapshotError('snapshot.unreadable', { path, reason }, { cause });
  const bytes = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
    throw refuse(cause.code ?? cause.message, cause);
  });
  const sealed = openSealed(SCHEMA, bytes, refuse);
  const read = header.safeParse(sealed.header);
  if (!read.success) throw refuse('its header has another shape');
  const { registry, contexts } = read.data;
  return { registry, contexts: decodeContexts(contexts, sealed.payload, refuse) };
}

/**
 * Registers all contexts of a snapshot in an empty registry, or none. Embeddings that another embedder made are left out.
 *
 * @param away - Whose contexts lie in files: left out too, for what went there after the snapshot was written is newer.
 * @returns How many.
 * @throws WavetuneError as {@link readSnapshot}; `snapshot.other-registry`, `snapshot.not-empty`, and what refuses a
 * registration: `memory.too-large` where the budget is smaller now.
 */
export async function restoreSnapshot(
  registry: Registry,
  path: string,
  embedder?: string,
  away: readonly OwnerKey[] = [],
): Promise<number> {
  const snapshot = await readSnapshot(path);
  const mismatch = mismatchOf(snapshot.registry, registry);
  if (mismatch !== undefined) {
    throw snapshotError('snapshot.other-registry', { path, reason: mismatch });
  }
  const { contexts } = registry.stats();
  if (contexts > 0) throw snapshotError('snapshot.not-empty', { path, contexts });
  const made = snapshot.registry.embedder;
  const elsewhere = new Set(away.map(labelOf));
  const restored = snapshot.contexts.filter(({ key }) => !elsewhere.has(labelOf(key)));
  registry.registerMany(restored.map((context) => withVectorsOf(context, made, embedder)));
  return restored.length;
}
