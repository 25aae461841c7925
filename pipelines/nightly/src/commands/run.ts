import { defineCommand } from '@wavetune/cli';
import { systemClock } from '@wavetune/core';
import { loadConfig } from '../config/load-config.ts';
import { lastWholeDay, parseDay } from '../dates.ts';
import { GATE_NAMES } from '../gates/gates.ts';
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
    accept: {
      type: 'string',
      array: true,
      choices: GATE_NAMES,
      describe: 'Publish although these gates are closed: what they saw was meant to change',
    },
  },
  examples: [
    ['nightly run --config nightly.yaml --resume', 'as cron calls it'],
    ['nightly run --date 2026-11-20', 'logs of that day and before'],
    [
      'nightly run --date 2026-11-20 --resume --accept schema',
      'after a look: the logs have another form from now on',
    ],
  ],
  async run({ config, date, resume, accept: accepted }, session) {
    const setup = await loadConfig(config);
    const day = date === undefined ? lastWholeDay(systemClock.nowMillis()) : parseDay('date', date);
    const result = await runNight(setup, {
      ...{ day, resume, session, clock: systemClock },
      ...(accepted !== undefined && { accepted }),
    });
    session.print(resultText(result));
  },
});

export function resultText(result: RunResult): string {
  if ('nothing' in result) return result.nothing;
  return [`published ${result.published}`, ...result.notes].join('\n');
}
