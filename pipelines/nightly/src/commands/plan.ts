import { defineCommand, renderTable } from '@wavetune/cli';
import { canonicalJson, systemClock } from '@wavetune/core';
import { loadConfig } from '../config/load-config.ts';
import { lastWholeDay, parseDay } from '../dates.ts';
import type { FoundPartition } from '../partitions/list-partitions.ts';
import { makeRunsFolder } from '../run/runs-folder.ts';
import { settleNight } from '../run/settle-night.ts';
import { stepsOf } from '../steps/steps.ts';
import { CONFIG_OPTION } from './options.ts';

/** What a run would do. */
export const plan = defineCommand({
  name: 'plan',
  summary: 'Says what a run would read and do; runs nothing.',
  options: {
    ...CONFIG_OPTION,
    date: {
      type: 'string',
      describe: 'The last day of logs to read (UTC)',
      defaultDescription: 'yesterday',
    },
    json: { type: 'boolean', default: false, describe: 'As JSON' },
  },
  examples: [['nightly plan', 'before the first night']],
  async run({ config, date, json }, session) {
    const setup = await loadConfig(config);
    const day = date === undefined ? lastWholeDay(systemClock.nowMillis()) : parseDay('date', date);
    await makeRunsFolder(setup.runsFolder);
    const night = await settleNight(setup, day);
    const { fresh, late, corrected, gone } = night.change;
    const kinds = [
      ['fresh', fresh],
      ['late', late],
      ['corrected', corrected],
    ] as const;
    const steps = night.added.length === 0 ? [] : stepsOf(night);
    if (json) {
      const names = Object.fromEntries(
        kinds.map(([kind, list]) => [kind, list.map(({ name }) => name)]),
      );
      const window = night.window.map(({ name }) => name);
      session.print(
        canonicalJson({
          run: night.name,
          ...names,
          gone,
          window,
          steps: steps.map(({ name }) => name),
        }),
      );
      return;
    }
    session.print(`run      ${night.name}, after ${night.previous?.name ?? 'nothing'}`);
    for (const [kind, list] of kinds)
      for (const partition of list) session.print(partitionLine(kind, partition));
    if (gone.length > 0)
      session.print(`gone     ${gone.length} partitions; what they counted stays`);
    if (steps.length === 0) return session.print('steps    none: there are no new logs');
    session.print(`window   ${night.window.length} partitions are replayed`);
    session.print(
      renderTable(
        [
          { heading: 'step', align: 'left' },
          { heading: 'after', align: 'left' },
          { heading: 'leaves', align: 'left' },
        ],
        steps.map(({ name, after, outputs }) => [name, after.join(', '), outputs.join(', ')]),
      ),
    );
  },
});

function partitionLine(kind: string, { name, sizeBytes }: FoundPartition): string {
  return `${kind.padEnd(9)}${name} (${sizeBytes} bytes)`;
}
