import { defineCommand } from '@wavetune/cli';
import { systemClock } from '@wavetune/core';
import { loadConfig } from '../config/load-config.ts';
import { lastWholeDay, parseDay } from '../dates.ts';
import { type RunResult, runNight } from '../run/run-night.ts';
import { CONFIG_OPTION } from './options.ts';

/** One night. */
export const run = defineCommand({
  name: 'run',
  summary: 'One night: reads the new logs, finds what to change, judges it, publishes it.',
  options: {
    ...CONFIG_OPTION,
    date: {
      type: 'string',
      describe: 'The last day of logs to read (UTC)',
      defaultDescription: 'yesterday',
    },
    resume: {
      type: 'boolean',
      default: false,
      describe: 'Keep what a killed run of the same day has done',
    },
  },
  examples: [
    ['nightly run --config nightly.yaml --resume', 'as cron calls it'],
    ['nightly run --date 2026-11-20', 'logs of that day and before'],
  ],
  async run({ config, date, resume }, session) {
    const setup = await loadConfig(config);
    const day = date === undefined ? lastWholeDay(systemClock.nowMillis()) : parseDay('date', date);
    const result = await runNight(setup, { day, resume, session, clock: systemClock });
    session.print(resultText(result));
  },
});

export function resultText(result: RunResult): string {
  if ('nothing' in result) return result.nothing;
  return [`published ${result.published}`, ...result.notes].join('\n');
}
