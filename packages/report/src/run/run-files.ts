import { open, realpath } from 'node:fs/promises';
import { isAbsolute, join, relative } from 'node:path';
import type { Policies } from '@wavetune/documents';
import type { RunFile } from './run-documents.ts';

/** Characters of a file that a page shows; chosen: what one reads, not what one loads. */
const CHARACTERS_SHOWN = 6_000;
/** Characters of all files together, so that a run with hundreds of them stays a page. */
const CHARACTERS_IN_ALL = 150_000;

/**
 * The files that the policies name, with what they hold. A file outside the run folder is named and not read: paths in a
 * document are claims, and a page is passed on.
 */
export async function readRunFiles(
  folder: string,
  policies: Policies,
): Promise<readonly RunFile[]> {
  const named = [
    ...(policies.cache?.engines ?? []).flatMap(({ files }) => files),
    ...(policies.kernel_run?.files ?? []).flatMap(({ files }) => files),
  ];
  const home = await realpath(folder);
  const files: RunFile[] = [];
  let left = CHARACTERS_IN_ALL;
  for (const path of new Set(named)) {
    const file = await readRunFile(home, path, Math.min(left, CHARACTERS_SHOWN));
    left -= file.text?.length ?? 0;
    files.push(file);
  }
  return files;
}

async function readRunFile(home: string, path: string, most: number): Promise<RunFile> {
  const place = await realpath(join(home, path)).catch(() => undefined);
  if (place === undefined) {
    return { path, bytes: null, text: null, note: 'not in the run folder' };
  }
  const fromHome = relative(home, place);
  if (isAbsolute(path) || isAbsolute(fromHome) || fromHome.startsWith('..')) {
    return { path, bytes: null, text: null, note: 'outside the run folder, so it is not shown' };
  }
  const file = await open(place);
  try {
    const { size } = await file.stat();
    const buffer = Buffer.alloc(Math.min(size, most));
    const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
    const text = buffer.toString('utf8', 0, bytesRead).replace(/\uFFFD$/, '');
    const isCut = size > bytesRead;
    const note = !isCut
      ? ''
      : most === 0
        ? 'not shown here'
        : `the first ${bytesRead} of ${size} bytes`;
    return { path, bytes: size, text: most === 0 && isCut ? null : text, note };
  } finally {
    await file.close();
  }
}
