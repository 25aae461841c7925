import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { keyOfPartitions, type Night } from '../run/night.ts';
import { pipelineProgram, runCommandStep, wordsOf } from '../run/run-command-step.ts';
import type { Step } from '../run/step.ts';
import { readingOptions } from './reading-options.ts';

const STORE = 'index.duckdb';
const PROGRAM = pipelineProgram('prefix-indexer');

/**
 * index.duckdb and hints.json: the prefix index of the window, and what it suggests. None where it is switched off.
 *
 * Made anew every night: events cannot be taken out of an index again, as a correction or a rollback would ask for, and one
 * that only grew would cost what the year brought.
 */
export function indexSteps(night: Night): readonly Step[] {
  const { index: settings, model } = night.setup.config;
  if (settings === false) return [];
  const { half_life: halfLife, weight, top_k: topK } = settings;
  const logs = readingOptions(night.setup.config);
  const key = {
    window: keyOfPartitions(night.window, night.digests),
    settings: { halfLife, weight, topK },
    logs: night.setup.config.logs.options,
    model: model ?? null,
  };
  return [
    {
      name: 'index',
      version: 2,
      after: [],
      key,
      outputs: [STORE, 'hints.json'],
      state: [STORE],
      async run(place) {
        const store = join(place.folder, STORE);
        const command = (words: readonly string[]): Promise<string> =>
          runCommandStep({ step: 'index', program: PROGRAM, words }, place);
        const paths = night.window.map(({ name }) => name);
        const ingest = wordsOf({ store, 'half-life': halfLife, weight, model, ...logs });
        await command(['ingest', ...paths, ...ingest]);
        const hints = await command(['suggest', '--json', ...wordsOf({ store, 'top-k': topK })]);
        await writeFile(join(place.folder, 'hints.json'), hints);
        await rm(`${store}.lock`, { force: true });
      },
    },
  ];
}
