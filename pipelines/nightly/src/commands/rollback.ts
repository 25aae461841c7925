import { defineCommand } from '@wavetune/cli';
import { systemClock } from '@wavetune/core';
import { loadConfig } from '../config/load-config.ts';
import { nightlyError } from '../nightly-errors.ts';
import { underLock } from '../run/run-night.ts';
import { checkWhole, listRuns, readCurrent, readRun, withdrawTo } from '../run/runs-folder.ts';
import { CONFIG_OPTION } from './options.ts';

/** Back to an earlier run. */
export const rollback = defineCommand({
  name: 'rollback',
  summary: 'Makes an earlier run current again; the later ones stay where they are, for a look.',
  options: {
    ...CONFIG_OPTION,
    to: { type: 'string', describe: 'The run', defaultDescription: 'the one before the current' },
  },
  examples: [['nightly rollback', 'to the night before']],
  async run({ config, to }, session) {
    const setup = await loadConfig(config);
    const { runsFolder } = setup;
    await underLock(setup, { session, clock: systemClock }, async () => {
      const target = to ?? (await runBefore(runsFolder));
      const accepted = await listRuns(runsFolder);
      if (!accepted.includes(target)) {
        throw nightlyError('nightly.unknown-run', { found: target, accepted });
      }
      await checkWhole(await readRun(runsFolder, target));
      await withdrawTo(runsFolder, target);
      session.print(`current is ${target}`);
    });
  },
});

async function runBefore(runsFolder: string): Promise<string> {
  const current = await readCurrent(runsFolder);
  const previous = current?.manifest.previous;
  if (previous === undefined || previous === null) {
    throw nightlyError('nightly.no-earlier-run', { current: current?.name ?? 'nothing' });
  }
  return previous;
}
