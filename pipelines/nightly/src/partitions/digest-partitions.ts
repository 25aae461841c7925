import { readFile } from 'node:fs/promises';
import { canonicalJson, publishFile, sha256Hex, sha256OfFile } from '@wavetune/core';
import { z } from 'zod';
import type { FoundPartition } from './list-partitions.ts';

const cacheSchema = z.record(
  z.string(),
  z.object({ sizeBytes: z.number(), modifiedMillis: z.number(), digest: z.string() }),
);

type DigestCache = z.infer<typeof cacheSchema>;

/**
 * What every partition is, by name: 32 hex digits of its content's SHA-256 and of how it is counted, so that a partition
 * counted otherwise counts as corrected. A file whose size and time of change are those of the last look is not read
 * again; `cachePath` is only a cache: lost or damaged, it is made anew.
 */
export async function digestPartitions(
  partitions: readonly FoundPartition[],
  counting: string,
  cachePath: string,
): Promise<ReadonlyMap<string, string>> {
  const cache = await readCache(cachePath);
  const digests = new Map<string, string>();
  const next: DigestCache = {};
  for (const { name, path, sizeBytes, modifiedMillis } of partitions) {
    const known = cache[name];
    const isKnown = known?.sizeBytes === sizeBytes && known.modifiedMillis === modifiedMillis;
    const digest = isKnown ? known.digest : await sha256OfFile(path);
    digests.set(name, sha256Hex(`${digest} ${counting}`).slice(0, 32));
    next[name] = { sizeBytes, modifiedMillis, digest };
  }
  const text = canonicalJson(next, 1);
  if (text !== canonicalJson(cache, 1)) await publishFile(cachePath, [text]);
  return digests;
}

async function readCache(path: string): Promise<DigestCache> {
  try {
    return cacheSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return {};
  }
}
