import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';

/**
 * The client as one script: Observable Plot, our figures and the page's behaviour. Equal sources and equal versions of the
 * libraries give equal bytes, on any machine.
 */
export async function bundleClient(): Promise<string> {
  const result = await build({
    entryPoints: [fileURLToPath(import.meta.resolve('@wavetune/report/client'))],
    absWorkingDir: fileURLToPath(new URL('../', import.meta.url)),
    bundle: true,
    write: false,
    minify: true,
    format: 'iife',
    target: 'es2022',
    charset: 'ascii',
    legalComments: 'none',
    plugins: [pureCore],
  });
  return result.outputFiles[0].text;
}

/**
 * Modules of `core` do no work when they are imported, so what the client does not use of them can go, and with it what
 * only Node has.
 */
const pureCore: Plugin = {
  name: 'pure-core',
  setup({ onResolve, resolve }) {
    onResolve({ filter: /.*/ }, async ({ path, pluginData, ...options }) => {
      if (pluginData === 'seen') return undefined;
      if (path.startsWith('node:')) return { path, external: true, sideEffects: false };
      const found = await resolve(path, { ...options, pluginData: 'seen' });
      const isCore = found.path.includes('/packages/core/src/');
      return isCore ? { ...found, sideEffects: false } : found;
    });
  },
};
