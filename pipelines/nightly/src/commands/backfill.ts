import { defineCommand } from '@wavetune/cli';
import { systemClock } from '@wavetune/core';
import { loadConfig } from '../config/load-config.ts';
import { daysBetween, parseDay } from '../dates.ts';
import { nightlyError } from '../nightly-errors.ts';
import { runNight } from '../run/run-night.ts';
import { dayOfRun, readCurrent } from '../run/runs-folder.ts';
import { CONFIG_OPTION } from './options.ts';
import { resultText } from './run.ts';

/** The nights of a past, one after the other. */
export const backfill = defineCommand({
  name: 'backfill',
  summary: 'The nights from one day to another, oldest first; stops at the first that fails.',
  options: {
    ...CONFIG_OPTION,
    from: { type: 'string', demandOption: true, describe: 'The first day' },
    to: { type: 'string', demandOption: true, describe: 'The last day' },
    resume: {
      type: 'boolean',
      default: false,
      describe: 'Pass over days that are published; keep what a killed run has done',
    },
  },
  examples: [['nightly backfill --from 2026-11-01 --to 2026-11-20', 'twenty nights']],
  async run({ config, from, to, resume }, session) {
    const setup = await loadConfig(config);
    const { files } = setup.config.logs;
    if (!files.some((pattern) => pattern.includes('{date}'))) {
      throw nightlyError('nightly.no-dates', { files });
    }
    const days = daysBetween(parseDay('from', from), parseDay('to', to));
    for (const day of await daysLeft(setup.runsFolder, days, resume)) {
      session.checkpoint();
      const result = await runNight(setup, { day, resume, session, clock: systemClock });
      session.print(`${day}: ${resultText(result)}`);
    }
  },
});

async function daysLeft(
  runsFolder: string,
  days: readonly string[],
  resume: boolean,
): Promise<readonly string[]> {
  const current = resume ? await readCurrent(runsFolder) : undefined;
  return current === undefined ? days : days.filter((day) => day > dayOfRun(current.name));
}
