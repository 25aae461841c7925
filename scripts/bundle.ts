/**
 * Puts all modules of an executable into a few files, which Node loads in a third of the time: `node scripts/bundle.ts`.
 * `bin/launch.sh` runs a bundle as long as nothing that it was made of is newer, and the sources otherwise.
 */
import { renameSync, rmSync, utimesSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Plugin, rolldown } from 'rolldown';

/** Those whose start matters; the others run from their sources. */
const PIPELINES = ['prefix-indexer'];

const root = join(import.meta.dirname, '..');

/** Compiled libraries and what lies beside a module are found from where the module was. */
const inPlace: Plugin = {
  name: 'in-place',
  resolveId: {
    filter: { id: /^@duckdb\/node-bindings$/ },
    handler: (id, importer) => ({
      id: createRequire(importer ?? root).resolve(id),
      external: 'absolute',
    }),
  },
  transform: {
    filter: { code: /import\.meta\.(url|dirname|filename)/ },
    handler: (code, id) => {
      const places = { url: pathToFileURL(id).href, dirname: dirname(id), filename: id };
      const placed = code.replaceAll(
        /\bimport\.meta\.(url|dirname|filename)\b/g,
        (_, name: keyof typeof places) => JSON.stringify(places[name]),
      );
      return { code: placed, map: null };
    },
  },
};

async function bundle(pipeline: string): Promise<void> {
  const folder = join(root, 'node_modules/.cache/bundles', pipeline);
  const made = `${folder}.${process.pid}`;
  const begin = new Date();
  const build = await rolldown({
    input: { main: join(root, 'pipelines', pipeline, 'src/main.ts') },
    platform: 'node',
    plugins: [inPlace],
    logLevel: 'silent',
  });
  try {
    await build.write({
      dir: made,
      format: 'esm',
      entryFileNames: '[name].mjs',
      chunkFileNames: '[name]-[hash].mjs',
    });
  } finally {
    await build.close();
  }
  // What changed while it was made is newer than it.
  utimesSync(join(made, 'main.mjs'), begin, begin);
  rmSync(folder, { recursive: true, force: true });
  renameSync(made, folder);
}

for (const pipeline of PIPELINES) await bundle(pipeline);
