import { copyFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { keyOfPartitions, type Night } from '../run/night.ts';
import { pipelineProgram, runCommandStep, wordsOf } from '../run/run-command-step.ts';
import type { Step, StepPlace } from '../run/step.ts';
import { readingOptions } from './reading-options.ts';

const STORE = 'index.duckdb';
const PROGRAM = pipelineProgram('prefix-indexer');

/**
 * index.duckdb and hints.json: the prefix index after tonight's events, and what it suggests. None where it is switched off.
 *
 * The store is a copy of the published one, with tonight's partitions added: a night that is not published leaves no trace
 * in it. Events cannot be taken back, so a corrected partition makes the index anew from the partitions on disk.
 */
export function indexSteps(night: Night): readonly Step[] {
  const { previous, change, digests, ledger } = night;
  const { index: settings, model } = night.setup.config;
  if (settings === false) return [];
  const { half_life: halfLife, weight, top_k: topK } = settings;
  const before = previous?.manifest.state.includes(STORE) ? previous : undefined;
  const isAnew = before === undefined || change.corrected.length > 0;
  const counted = new Set(ledger.map(({ name }) => name));
  const partitions = isAnew ? night.onDisk.filter(({ name }) => counted.has(name)) : night.added;
  const key = {
    partitions: keyOfPartitions(partitions, digests),
    before: isAnew ? null : before.name,
    settings: { halfLife, weight, topK },
    model: model ?? null,
  };
  const ingest = async (place: StepPlace, store: string): Promise<void> => {
    const words = wordsOf({
      store,
      'half-life': halfLife,
      weight,
      model,
      ...readingOptions(night.setup.config),
    });
    const paths = partitions.map(({ path }) => path);
    await runCommandStep(
      { step: 'index', program: PROGRAM, words: ['ingest', ...paths, ...words] },
      place,
    );
  };
  return [
    {
      name: 'index',
      version: 1,
      after: [],
      key,
      outputs: [STORE, 'hints.json'],
      state: [STORE],
      async run(place) {
        const store = join(place.folder, STORE);
        if (!isAnew) await copyFile(join(before.folder, STORE), store);
        await ingest(place, store);
        await runCommandStep(
          { step: 'index', program: PROGRAM, words: ['compact', ...wordsOf({ store })] },
          place,
        );
        const words = ['suggest', '--json', ...wordsOf({ store, 'top-k': topK })];
        const hints = await runCommandStep({ step: 'index', program: PROGRAM, words }, place);
        await writeFile(join(place.folder, 'hints.json'), hints);
        await rm(`${store}.lock`, { force: true });
      },
    },
  ];
}
