import { isUtf8 } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import type { OwnerKey, Registry } from '@wavetune/context-registry';
import { pipelineError } from './context-registry-errors.ts';

/** The content of a text file, as it lies on disk: UTF-8, checked here so that the refusal names the file. */
export async function readContextFile(path: string): Promise<Uint8Array> {
  const bytes = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
    const reason = cause.code === 'ENOENT' ? 'there is no such file' : cause.message;
    throw pipelineError('context-files.unreadable', { path, reason }, { cause });
  });
  if (isUtf8(bytes)) return bytes;
  throw pipelineError('context-files.unreadable', { path, reason: 'it is not valid UTF-8' });
}

/** The owner that a file stands for. */
export function keyOfFile(path: string): OwnerKey {
  return { agent: path, context: 'file' };
}

/** Registers every file as a context of its own, all or none. */
export async function registerFiles(registry: Registry, paths: readonly string[]): Promise<void> {
  const texts = await Promise.all(paths.map(readContextFile));
  registry.registerMany(texts.map((text, at) => ({ key: keyOfFile(paths[at]), text })));
}
