import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../config/config-schema.ts';
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

/**
 * cache-replay.json of the window, every policy at every capacity; lru-curve.json and ttl-curve.json, every capacity and
 * every time to live in one pass each.
 */
export function replayStep(night: Night): Step {
  const { config } = night.setup;
  const { policies, capacities, measure_from: measureFrom } = config.replay;
  const options = {
    policies: policies.join(','),
    capacities: capacities.join(','),
    'measure-from': measureFrom,
    'why-at': explainedCapacity(config),
    model: config.model,
    ...config.replay.options,
  };
  return {
    ...windowStep(night, 'replay', options),
    outputs: ['cache-replay.json', 'lru-curve.json', 'ttl-curve.json'],
    async run(place) {
      const curves = {
        'lru-curve-out': join(place.folder, 'lru-curve.json'),
        'ttl-curve-out': join(place.folder, 'ttl-curve.json'),
      };
      const out = join(place.folder, 'cache-replay.json');
      const words = [
        '--trace',
        ...pathsOf(night),
        ...wordsOf({ ...options, ...readingOptions(config), ...curves, out }),
      ];
      await runCommandStep(
        { step: 'replay', program: pipelineProgram('replay-cache'), words },
        place,
      );
    },
  };
}

/** The capacity that the tuner tunes for where it is among those replayed, else the middle one; none where it is off. */
function explainedCapacity({ replay, policies }: Config): string | undefined {
  const { why, capacities } = replay;
  if (why !== undefined) return why === false ? undefined : why;
  if (capacities.includes(policies.capacity)) return policies.capacity;
  return capacities[capacities.length >> 1];
}

/** tiers.json of the window; nothing where the configuration has no tiers. */
export function tiersSteps(night: Night): readonly Step[] {
  const { config } = night.setup;
  const { tiers, measure_from: measureFrom } = config.replay;
  if (tiers === undefined) return [];
  const options = { tiers, 'measure-from': measureFrom, model: config.model };
  return [
    {
      ...windowStep(night, 'tiers', options),
      outputs: ['tiers.json'],
      async run(place) {
        const out = join(place.folder, 'tiers.json');
        const words = [
          '--trace',
          ...pathsOf(night),
          ...wordsOf({ ...options, ...readingOptions(config), out }),
        ];
        await runCommandStep(
          { step: 'tiers', program: pipelineProgram('replay-cache'), words },
          place,
        );
      },
    },
  ];
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
  const options = {
    ...size,
    model,
    device,
    'compared-references': config.policies.compared_references,
    ...config.policies.options,
  };
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
  return night.window.map(({ name }) => name);
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
