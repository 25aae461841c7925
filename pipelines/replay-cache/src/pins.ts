import { readFile } from 'node:fs/promises';
import { NONE } from '@wavetune/core';
import { decodeWaveSpec, isWaveSpec } from '@wavetune/documents';
import type { ReadTrace } from '@wavetune/ingest';
import { replayCacheError } from './replay-cache-errors.ts';

/**
 * The blocks that a wavespec pins, all above the named ones included; blocks that the trace does not have are left out.
 *
 * @throws WavetuneError `replay-cache.no-pins` for a wavespec made without a memory budget, `replay-cache.unreadable`;
 *   what `decodeWaveSpec` throws.
 */
export async function readPins(path: string, { columns, names }: ReadTrace): Promise<Uint32Array> {
  const spec = decodeWaveSpec(await readText(path));
  if (!isWaveSpec(spec) || spec.pins === null)
    throw replayCacheError('replay-cache.no-pins', { path });
  const named = new Set(spec.pins.prefixes);
  const { parents } = columns;
  const isPinned = new Uint8Array(parents.length);
  for (let block = parents.length - 1; block >= 0; block--) {
    if (isPinned[block] === 0 && !named.has(names.nameOf(block))) continue;
    isPinned[block] = 1;
    if (parents[block] !== NONE) isPinned[parents[block]] = 1;
  }
  return Uint32Array.from(isPinned.keys()).filter((block) => isPinned[block] === 1);
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw replayCacheError('replay-cache.unreadable', { path, reason }, { cause });
  }
}
