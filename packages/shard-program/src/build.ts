import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { publishFile, sha256Hex } from '@wavetune/core';
import { build, type Plugin } from 'esbuild';

const ENTRY = fileURLToPath(new URL('./main.ts', import.meta.url));
const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const READS_WASM = /readFileSync\(new URL\('(kernels\.wasm)', import\.meta\.url\)\)/;

/**
 * Bundles the program that replays shards, kernels and all, into one file that any Node from 22 on runs by itself. The same
 * sources give the same bytes, and the file is named by them, so that programs of different sources do not meet.
 *
 * @returns The path of the file in `folder`, which is made where it is missing.
 */
export async function buildShardProgram(folder: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [ENTRY],
    absWorkingDir: ROOT,
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    target: 'node22',
    legalComments: 'none',
    logLevel: 'silent',
    plugins: [inlineKernels],
  });
  const { text } = outputFiles[0];
  const path = join(folder, `shard-${sha256Hex(text).slice(0, 12)}.mjs`);
  await mkdir(folder, { recursive: true });
  await publishFile(path, [text]);
  return path;
}

/** The kernels in WebAssembly lie beside their module, which a single file has not. */
const inlineKernels: Plugin = {
  name: 'inline-kernels',
  setup({ onLoad }) {
    onLoad({ filter: /compiled-module\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      const found = READS_WASM.exec(source);
      if (found === null) throw new Error(`${path} reads its kernels in another way`);
      const wasm = await readFile(new URL(found[1], `file://${path}`));
      const inlined = `Buffer.from('${wasm.toString('base64')}', 'base64')`;
      return { contents: source.replace(found[0], inlined), loader: 'ts' };
    });
  },
};
