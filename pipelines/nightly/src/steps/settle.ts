import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalJson } from '@wavetune/core';
import { decodePolicies, encodePolicies, type Policies } from '@wavetune/documents';
import { z } from 'zod';
import type { Config } from '../config/config-schema.ts';
import type { Night } from '../run/night.ts';
import type { Step } from '../run/step.ts';
import { putOffText, type Ruling, settlePolicies, streaksSchema } from '../settle/stability.ts';

/**
 * policies.json: tonight's, with what changes for too little replaced by what is in use; stability.json says which. The
 * engines' files are tonight's where nothing was put off, else those in use.
 */
export function settleStep(night: Night): Step {
  const rule = night.setup.config.stability;
  const previous = night.previous;
  const ground = groundOf(night.setup.config);
  return {
    name: 'settle',
    version: 2,
    after: ['tune'],
    key: {
      rule,
      ground,
      previous: previous === undefined ? null : stepKey(previous.manifest, 'settle'),
    },
    outputs: ['policies.json', 'stability.json'],
    async run({ folder, runFolder }) {
      const tonight = decodePolicies(
        await readFile(join(runFolder, 'tuned', 'policies.json'), 'utf8'),
      );
      const before = previous && (await readStability(previous.folder));
      const isSameGround = before?.ground === undefined || before.ground === ground;
      const inUse = previous && isSameGround ? await readPolicies(previous.folder) : undefined;
      const settled = settlePolicies(tonight, inUse, before?.streaks ?? {}, rule);
      const { rulings } = settled;
      const keptCache = rulings.some(({ subject, adopted }) => subject === 'cache' && !adopted);
      const source =
        keptCache && previous !== undefined ? previous.folder : join(runFolder, 'tuned');
      for (const file of filesOf(settled.policies))
        await cp(join(source, file), join(folder, file));
      await writeFile(
        join(folder, 'policies.json'),
        [...encodePolicies(settled.policies)].join(''),
      );
      const stability = {
        schema: 'nightly-stability/1',
        ground,
        rulings,
        streaks: settled.streaks,
      };
      await writeFile(join(folder, 'stability.json'), canonicalJson(stability, 1));
    },
  };
}

/** What tonight put off, in words. */
export async function readPutOff(runFolder: string): Promise<readonly string[]> {
  const text = await readFile(join(runFolder, 'stability.json'), 'utf8');
  return putOffText((JSON.parse(text) as { readonly rulings: readonly Ruling[] }).rulings);
}

/** Files for engines that the document names, relative to it. */
function filesOf({ cache, kernel_run: kernels }: Policies): readonly string[] {
  const engines = cache?.engines.flatMap(({ files }) => files) ?? [];
  return [...new Set([...engines, ...(kernels?.files.flatMap(({ files }) => files) ?? [])])];
}

async function readPolicies(folder: string): Promise<Policies | undefined> {
  const text = await readFile(join(folder, 'policies.json'), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : decodePolicies(text);
}

/** What policies are chosen for; for another model or another size of the cache they are chosen anew. */
function groundOf({ model, memory, policies }: Config): string {
  const size = model === undefined || memory === undefined ? policies.capacity : memory;
  return `${size} of ${model ?? 'any model'}`;
}

const stabilitySchema = z.object({ ground: z.string().optional(), streaks: streaksSchema });

async function readStability(folder: string) {
  const text = await readFile(join(folder, 'stability.json'), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : stabilitySchema.parse(JSON.parse(text));
}

function stepKey(
  manifest: { readonly steps: readonly { readonly step: string; readonly key: string }[] },
  name: string,
) {
  return manifest.steps.find(({ step }) => step === name)?.key ?? null;
}
