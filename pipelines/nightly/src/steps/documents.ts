import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { keyOfPartitions, type Night } from '../run/night.ts';
import { pipelineProgram, runCommandStep, wordsOf } from '../run/run-command-step.ts';
import type { Step } from '../run/step.ts';
import { readingOptions } from './reading-options.ts';

/** Files of the published run before this one, for steps that compare. */
const POLICIES = 'policies.json';

/** wavespec.json of the window; quarantine.jsonl where it has bad records. */
export function wavespecStep(night: Night): Step {
  const { config } = night.setup;
  const options = {
    ...(config.model === undefined ? {} : { model: config.model, memory: config.memory }),
    ...config.wavespec.options,
  };
  return {
    ...windowStep(night, 'wavespec', options),
    outputs: ['wavespec.json'],
    async run(place) {
      const out = join(place.folder, 'wavespec.json');
      const quarantine = join(place.folder, 'quarantine.jsonl');
      const words = [
        '--logs',
        ...pathsOf(night),
        ...wordsOf({ ...options, ...readingOptions(config), quarantine, out }),
      ];
      await runCommandStep(
        { step: 'wavespec', program: pipelineProgram('export-wavespec'), words },
        place,
      );
    },
  };
}

/** cache-replay.json of the window: every policy at every capacity. */
export function replayStep(night: Night): Step {
  const { config } = night.setup;
  const { policies, capacities, measure_from: measureFrom } = config.replay;
  const options = {
    policies: policies.join(','),
    capacities: capacities.join(','),
    'measure-from': measureFrom,
    why: true,
    model: config.model,
    ...config.replay.options,
  };
  return {
    ...windowStep(night, 'replay', options),
    outputs: ['cache-replay.json'],
    async run(place) {
      const out = join(place.folder, 'cache-replay.json');
      const words = [
        '--trace',
        ...pathsOf(night),
        ...wordsOf({ ...options, ...readingOptions(config), out }),
      ];
      await runCommandStep(
        { step: 'replay', program: pipelineProgram('replay-cache'), words },
        place,
      );
    },
  };
}

/**
 * lru-curve.json and ttl-curve.json of the window: every capacity, and every time to live, in one pass each; tiers.json
 * where the configuration has tiers.
 */
export function curvesStep(night: Night): Step {
  const { config } = night.setup;
  const { tiers, measure_from: measureFrom } = config.replay;
  const options = { 'measure-from': measureFrom, model: config.model };
  const findings: readonly (readonly [file: string, words: Readonly<Record<string, string>>])[] = [
    ['lru-curve.json', { curve: 'lru' }],
    ['ttl-curve.json', { curve: 'ttl' }],
    ...(tiers === undefined ? [] : [['tiers.json', { tiers }] as const]),
  ];
  return {
    ...windowStep(night, 'curves', { ...options, tiers: tiers ?? null }),
    outputs: findings.map(([file]) => file),
    async run(place) {
      for (const [file, asked] of findings) {
        const out = join(place.folder, file);
        const words = [
          '--trace',
          ...pathsOf(night),
          ...wordsOf({ ...options, ...asked, ...readingOptions(config), out }),
        ];
        await runCommandStep(
          { step: 'curves', program: pipelineProgram('replay-cache'), words },
          place,
        );
      }
    },
  };
}

/** tuned/: policies.json and the engines' files, as the tuner would have them tonight. */
export function tuneStep(night: Night): Step {
  const { config, runsFolder } = night.setup;
  const { memory, model, device } = config;
  const size =
    memory === undefined || model === undefined
      ? { capacity: config.policies.capacity }
      : { memory };
  const incumbent = night.previous?.manifest.steps
    .flatMap(({ outputs }) => outputs)
    .find(({ path }) => path === POLICIES);
  const options = { ...size, model, device, ...config.policies.options };
  return {
    ...windowStep(night, 'tune', {
      ...options,
      engines: config.policies.engines,
      incumbent: incumbent?.sha256 ?? null,
    }),
    outputs: [`tuned/${POLICIES}`],
    async run(place) {
      const folder = join(place.folder, 'tuned');
      await mkdir(folder);
      const engines = config.policies.engines;
      const words = [
        '--trace',
        ...pathsOf(night),
        ...(engines.length === 0 ? [] : ['--engine', ...engines, `--engine-dir=${folder}`]),
        ...wordsOf({
          ...options,
          ...readingOptions(config),
          incumbent:
            device === undefined || incumbent === undefined
              ? undefined
              : join(runsFolder, night.previous!.name, POLICIES),
          out: join(folder, POLICIES),
        }),
      ];
      await runCommandStep(
        { step: 'tune', program: pipelineProgram('replay-tuner'), words },
        place,
      );
    },
  };
}

function pathsOf(night: Night): readonly string[] {
  return night.window.map(({ path }) => path);
}

function windowStep(
  night: Night,
  name: string,
  options: Readonly<Record<string, unknown>>,
): Pick<Step, 'name' | 'version' | 'after' | 'key'> {
  const key = {
    window: keyOfPartitions(night.window, night.digests),
    logs: night.setup.config.logs.options,
    options: JSON.parse(JSON.stringify(options)),
  };
  return { name, version: 1, after: [], key };
}
