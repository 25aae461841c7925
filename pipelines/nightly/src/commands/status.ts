import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { defineCommand, renderTable } from '@wavetune/cli';
import { canonicalJson, isWavetuneError } from '@wavetune/core';
import { loadConfig } from '../config/load-config.ts';
import { OWNER, ownerText, readLockOwner } from '../run/lock.ts';
import {
  listRuns,
  listWork,
  readCurrent,
  readRun,
  readWithdrawn,
  WORK,
} from '../run/runs-folder.ts';
import { readFigures } from '../steps/figures.ts';
import { CONFIG_OPTION } from './options.ts';

const SHOWN = 14;

/** What is published, what is under way. */
export const status = defineCommand({
  name: 'status',
  summary: 'What is published, what is under way and who works on it.',
  options: { ...CONFIG_OPTION, json: { type: 'boolean', default: false, describe: 'As JSON' } },
  examples: [['nightly status', 'in the morning']],
  async run({ config, json }, session) {
    const { runsFolder } = await loadConfig(config);
    const current = await readCurrent(runsFolder);
    const withdrawn = await readWithdrawn(runsFolder);
    const names = (await listRuns(runsFolder)).slice(-SHOWN);
    const runs = await Promise.all(names.map((name) => describeRun(runsFolder, name)));
    const work = await Promise.all(
      (await listWork(runsFolder)).map(async (name) => ({
        name,
        done: await stepsDone(runsFolder, name),
      })),
    );
    const owner = await readLockOwner(join(runsFolder, OWNER));
    if (json) {
      session.print(
        canonicalJson({
          current: current?.name ?? null,
          runs,
          withdrawn,
          work,
          owner: owner ?? null,
        }),
      );
      return;
    }
    session.print(`current  ${current?.name ?? 'nothing is published yet'}`);
    if (owner !== undefined) session.print(`lock     ${ownerText(owner)}`);
    for (const { name, done } of work)
      session.print(`work     ${name}: done are ${done.join(', ') || 'no steps'}`);
    if (runs.length === 0) return;
    session.print(
      renderTable(
        [
          { heading: 'run', align: 'left' },
          { heading: 'requests', align: 'right' },
          { heading: 'policy', align: 'left' },
          { heading: 'hit ratio', align: 'right' },
          { heading: 'state', align: 'left' },
        ],
        runs.map((run) => rowOf(run, withdrawn)),
      ),
    );
  },
});

async function describeRun(runsFolder: string, name: string) {
  try {
    const run = await readRun(runsFolder, name);
    const { added, window } = await readFigures(run.folder);
    return {
      name,
      requests: added.requests,
      policy: window.in_use?.policy ?? window.policy,
      hitRatio: window.in_use === undefined ? window.hit_ratio : window.in_use.hit_ratio,
      fault: null,
    };
  } catch (error) {
    const fault = isWavetuneError(error) ? error.message : `damaged: ${(error as Error).message}`;
    return { name, requests: null, policy: null, hitRatio: null, fault };
  }
}

function rowOf(
  run: Awaited<ReturnType<typeof describeRun>>,
  withdrawn: readonly string[],
): string[] {
  const { name, requests, policy, hitRatio, fault } = run;
  const state = fault ?? (withdrawn.includes(name) ? 'rolled back' : '');
  const ratio = hitRatio === null ? '' : `${(100 * hitRatio).toFixed(2)} %`;
  return [name, `${requests ?? ''}`, policy ?? '', ratio, state];
}

async function stepsDone(runsFolder: string, name: string): Promise<readonly string[]> {
  const files = await readdir(join(runsFolder, WORK, name, 'steps')).catch((): string[] => []);
  return files
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.slice(0, -5))
    .sort();
}
