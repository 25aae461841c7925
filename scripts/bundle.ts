/**
 * Puts all modules of an executable into a few files, which Node loads in a third of the time: `node scripts/bundle.ts`.
 * `bin/launch.sh` runs a bundle as long as nothing that it was made of is newer, and the sources otherwise.
 */
import { globSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Plugin, rolldown } from 'rolldown';

/** Those whose start matters, and the threads that they start; the others run from their sources. */
const PIPELINES = {
  'prefix-indexer': [
    'packages/prefix-index/src/scan/column-worker.ts',
    'packages/prefix-index/src/scan/scan-worker.ts',
  ],
};

const root = join(import.meta.dirname, '..');
/** Stands for the place of the bundle until the places of modules are written down. */
const BUNDLE_URL = '__wavetune_bundle_url__';

/** Compiled libraries and what lies beside a module are found from where the module was, but threads in the bundle. */
const inPlace = (threads: readonly string[]): Plugin => ({
  name: 'in-place',
  resolveId: {
    filter: { id: /\.node$/ },
    handler: (id) => ({ id, external: 'absolute' }),
  },
  // The client tries which of its libraries this machine takes, each time; the bundle is this machine's own.
  load: {
    filter: { id: /@duckdb\/node-bindings\/duckdb\.js$/ },
    handler: (id) => {
      const require = createRequire(id);
      require(id);
      const library = Object.keys(require.cache).find((path) => path.endsWith('duckdb.node'));
      return { code: `module.exports = require(${JSON.stringify(library)});`, map: null };
    },
  },
  transform: {
    filter: { code: /import\.meta\.(url|dirname|filename)/ },
    handler: (code, id) => {
      const threaded = code.replaceAll(
        /new Worker\(new URL\('\.\/([\w-]+)\.ts', import\.meta\.url\)/g,
        (whole, name: string) =>
          threads.includes(join(dirname(id), `${name}.ts`))
            ? `new Worker(new URL('./${name}.mjs', ${BUNDLE_URL})`
            : whole,
      );
      const places = { url: pathToFileURL(id).href, dirname: dirname(id), filename: id };
      const placed = threaded.replaceAll(
        /\bimport\.meta\.(url|dirname|filename)\b/g,
        (_, name: keyof typeof places) => JSON.stringify(places[name]),
      );
      return { code: placed.replaceAll(BUNDLE_URL, 'import.meta.url'), map: null };
    },
  },
});

/** Help texts alone are measured: what that takes, which is 60 ms of a short command's time, is made when the first one is. */
const lateWidths: Plugin = {
  name: 'late-widths',
  transform: {
    filter: { id: /\/string-width\/index\.js$/, code: /^export default function stringWidth\(/m },
    handler: (code) => {
      const imports = code.match(/^import .*$/gm) ?? [];
      const body = code
        .replaceAll(/^import .*$/gm, '')
        .replace(/^export default (?=function)/m, '');
      const late = 'export default (...given) => (made ??= make())(...given);';
      return {
        code: `${imports.join('\n')}\nlet made;\nfunction make() {\n${body}\nreturn stringWidth;\n}\n${late}\n`,
        map: null,
      };
    },
  },
};

async function bundle(pipeline: string, threads: readonly string[]): Promise<void> {
  const folder = join(root, 'node_modules/.cache/bundles', pipeline);
  const made = `${folder}.${process.pid}`;
  const begin = new Date();
  const modules: string[] = [];
  const listed: Plugin = { name: 'listed', moduleParsed: ({ id }) => void modules.push(id) };
  const build = await rolldown({
    input: {
      main: join(root, 'pipelines', pipeline, 'src/main.ts'),
      ...Object.fromEntries(threads.map((path) => [basename(path, '.ts'), path])),
    },
    platform: 'node',
    plugins: [inPlace(threads), lateWidths, listed],
    // A library's modules can be left out one by one, a script that holds all of them cannot.
    resolve: { mainFields: ['module', 'main'] },
    logLevel: 'silent',
  });
  try {
    await build.write({
      dir: made,
      format: 'esm',
      entryFileNames: '[name].mjs',
      chunkFileNames: '[name]-[hash].mjs',
    });
    const sources = sourcesOf(modules).join('\n');
    writeFileSync(join(made, 'sources.sh'), `sources='\n${sources}\n'\n`);
  } finally {
    await build.close();
  }
  // What changed while it was made is newer than it.
  utimesSync(join(made, 'main.mjs'), begin, begin);
  rmSync(folder, { recursive: true, force: true });
  renameSync(made, folder);
}

/** What a bundle depends on, by paths from the root: modules of ours and what lies beside them, and which libraries there are. */
function sourcesOf(modules: readonly string[]): readonly string[] {
  const own = modules
    .map((path) => relative(root, path))
    .filter((path) => /^(packages|pipelines)\/(?!.*node_modules)/.test(path));
  const others = globSync(['{packages,pipelines}/*/package.json', 'packages/*/src/**/*.wasm'], {
    cwd: root,
  });
  return [...own, ...others, 'pnpm-lock.yaml', 'scripts/bundle.ts'].sort();
}

for (const [pipeline, threads] of Object.entries(PIPELINES)) {
  await bundle(
    pipeline,
    threads.map((path) => join(root, path)),
  );
}
