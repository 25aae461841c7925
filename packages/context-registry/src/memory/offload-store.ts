import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { publishFile, sha256Hex } from '@wavetune/core';
import { z } from 'zod';
import type { Registry } from '../registry/registry.ts';
import type { Entry, Registration } from '../registry/types.ts';
import {
  contextRecord,
  decodeContexts,
  encodeContext,
  mismatchOf,
  recordOf,
  registryRecord,
  withVectorsOf,
} from '../snapshot/context-record.ts';
import { openSealed, sealedParts } from '../snapshot/sealed-file.ts';
import { memoryError } from './memory-errors.ts';

/** A context that lies in a file. */
export interface OffloadedContext {
  /** As `Entry.label`. */
  readonly label: string;
  readonly registration: Registration & { readonly tokens: Uint32Array };
  /** How often it was used before. */
  readonly uses: number;
}

/** Contexts in files, one each. */
export interface OffloadStore {
  /** Durable when it resolves; a crash before leaves the folder as it was. */
  readonly write: (entry: Entry, uses: number) => Promise<void>;
  /** @throws WavetuneError `memory.damaged-file` */
  readonly read: (label: string) => Promise<OffloadedContext>;
  /** Nothing happens where there is none. */
  readonly remove: (label: string) => Promise<void>;
  /**
   * What the folder holds, in order of file names, one after the other: together they may be larger than the memory. A file
   * that is damaged or of another registry is passed over and told.
   */
  readonly list: (onUnreadable: (failure: unknown) => void) => AsyncIterable<OffloadedContext>;
}

const SCHEMA = 'context-offload/1';
const ENDING = '.context';
/** What a killed writer leaves: see `publishFile`. */
const LEFTOVER = /^\..+\.context\.[0-9a-f]{12}\.tmp$/;

const offloadHeader = z.strictObject({
  registry: registryRecord,
  label: z.string(),
  uses: z.int().min(0),
  context: contextRecord,
});

/**
 * @param folder - Made where it is missing; one registry's alone. What a killed writer left half done in it goes.
 * @param embedder - The name of what makes the embeddings; those of another are left out of what comes back.
 */
export async function openOffloadStore(
  folder: string,
  registry: Registry,
  embedder?: string,
): Promise<OffloadStore> {
  await mkdir(folder, { recursive: true });
  const leftovers = (await readdir(folder)).filter((name) => LEFTOVER.test(name));
  await Promise.all(leftovers.map((name) => rm(join(folder, name), { force: true })));
  const pathOf = (label: string): string => join(folder, `${sha256Hex(label)}${ENDING}`);
  return {
    write: async (entry, uses) => {
      const { record, payload } = encodeContext(entry, registry.tokensOf(entry));
      const header = {
        registry: recordOf(registry, embedder),
        label: entry.label,
        uses,
        context: record,
      };
      await publishFile(pathOf(entry.label), sealedParts(SCHEMA, header, payload));
    },
    read: async (label) => {
      const path = pathOf(label);
      const context = await readContext(path, registry, embedder);
      if (context.label !== label) throw damaged(path, 'it holds another context');
      return context;
    },
    remove: (label) => rm(pathOf(label), { force: true }),
    list: async function* (onUnreadable) {
      const names = (await readdir(folder)).filter((name) => name.endsWith(ENDING)).sort();
      for (const name of names) {
        try {
          yield await readContext(join(folder, name), registry, embedder);
        } catch (failure) {
          onUnreadable(failure);
        }
      }
    },
  };
}

async function readContext(
  path: string,
  registry: Registry,
  embedder: string | undefined,
): Promise<OffloadedContext> {
  const refuse = (reason: string): Error => damaged(path, reason);
  const bytes = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
    throw damaged(path, cause.code ?? cause.message, cause);
  });
  const { header, payload } = openSealed(SCHEMA, bytes, refuse);
  const read = offloadHeader.safeParse(header);
  if (!read.success) throw refuse('its header has another shape');
  const { label, uses, context } = read.data;
  const mismatch = mismatchOf(read.data.registry, registry);
  if (mismatch !== undefined) throw refuse(mismatch);
  const [registration] = decodeContexts([context], payload, refuse);
  const { embedder: made } = read.data.registry;
  return { label, uses, registration: withVectorsOf(registration, made, embedder) };
}

function damaged(path: string, reason: string, cause?: unknown): Error {
  return memoryError('memory.damaged-file', { path, reason }, { cause });
}
