import { existsSync } from 'node:fs';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalJson } from '@wavetune/core';
import type { Night } from '../run/night.ts';
import { pipelineProgram, runCommandStep, wordsOf } from '../run/run-command-step.ts';
import type { Step } from '../run/step.ts';
import { tiersSteps } from './documents.ts';
import { readPutOff } from './settle.ts';

/** What the page shows; the last two are there where there is something to say. */
const DOCUMENTS = [
  'wavespec.json',
  'cache-replay.json',
  'lru-curve.json',
  'ttl-curve.json',
  'policies.json',
  'tiers.json',
  'quarantine.jsonl',
];

/** report.html: the page of what the steps before it left. */
export function reportStep(night: Night): Step {
  const { day, name, notes, previous } = night;
  const tiers = tiersSteps(night).map((step) => step.name);
  return {
    name: 'report',
    version: 2,
    after: ['wavespec', 'replay', ...tiers, 'settle', 'gates'],
    key: { run: name, notes, previous: previous?.name ?? null },
    outputs: ['report.html'],
    async run(place) {
      const { folder, runFolder } = place;
      const run = join(folder, name);
      await mkdir(run);
      for (const file of DOCUMENTS.filter((name) => existsSync(join(runFolder, name)))) {
        await link(join(runFolder, file), join(run, file));
      }
      const gates = JSON.parse(await readFile(join(runFolder, 'gates.json'), 'utf8'));
      const putOff = await readPutOff(runFolder);
      const manifest = { date: day, notes, gates, put_off: putOff };
      await writeFile(join(run, 'manifest.json'), canonicalJson(manifest));
      const words = wordsOf({
        run,
        previous: previous?.folder ?? 'none',
        out: join(folder, 'report.html'),
      });
      await runCommandStep({ step: 'report', program: pipelineProgram('report'), words }, place);
      await rm(run, { recursive: true });
    },
  };
}
