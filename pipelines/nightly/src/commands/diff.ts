import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defineCommand, renderTable } from '@wavetune/cli';
import { canonicalJson } from '@wavetune/core';
import { decodePolicies, type Policies } from '@wavetune/documents';
import { loadConfig } from '../config/load-config.ts';
import { addDays, lastWholeDay } from '../dates.ts';
import type { Figures } from '../gates/figures.ts';
import { nightlyError } from '../nightly-errors.ts';
import { dayOfRun, listRuns, type PublishedRun, readCurrent, readRun } from '../run/runs-folder.ts';
import { readFigures } from '../steps/figures.ts';
import { CONFIG_OPTION } from './options.ts';

/** One run beside another. */
export const diff = defineCommand({
  name: 'diff',
  summary: 'What changed from one run to another: traffic, hit ratios, policies.',
  operand: 'runs',
  options: {
    ...CONFIG_OPTION,
    runs: {
      type: 'string',
      array: true,
      describe:
        'Two runs: a name, today (of the last day that is over), yesterday (of the one before), current or previous',
      default: ['previous', 'current'],
    },
    json: { type: 'boolean', default: false, describe: 'As JSON' },
  },
  examples: [
    ['nightly diff yesterday today', 'by day'],
    ['nightly diff 2026-11-19 current', 'by name'],
  ],
  check: ({ runs }) =>
    runs.length === 2 ? undefined : `${runs.length} runs are given, two are compared`,
  async run({ config, runs, json }, session) {
    const { runsFolder } = await loadConfig(config);
    const [before, after] = await Promise.all(runs.map((word) => findRun(runsFolder, word)));
    const rows = [
      ...figureRows(await readFigures(before.folder), await readFigures(after.folder)),
      ...policyRows(await readPolicies(before.folder), await readPolicies(after.folder)),
    ];
    if (json) {
      const changes = rows.map(([what, from, to]) => ({ what, from, to }));
      session.print(canonicalJson({ before: before.name, after: after.name, changes }));
      return;
    }
    session.print(
      renderTable(
        [
          { heading: '', align: 'left' },
          { heading: before.name, align: 'right' },
          { heading: after.name, align: 'right' },
          { heading: '', align: 'left' },
        ],
        rows,
      ),
    );
  },
});

/** @throws WavetuneError `nightly.unknown-run` with what is accepted. */
async function findRun(runsFolder: string, word: string): Promise<PublishedRun> {
  const names = await listRuns(runsFolder);
  const current = await readCurrent(runsFolder);
  const today = lastWholeDay(Date.now());
  const meant: Record<string, string | null | undefined> = {
    current: current?.name,
    previous: current?.manifest.previous,
    today: names.findLast((name) => dayOfRun(name) === today),
    yesterday: names.findLast((name) => dayOfRun(name) === addDays(today, -1)),
  };
  const name = Object.hasOwn(meant, word) ? meant[word] : word;
  if (name === undefined || name === null || !names.includes(name)) {
    throw nightlyError('nightly.unknown-run', { found: word, accepted: names });
  }
  return await readRun(runsFolder, name);
}

async function readPolicies(folder: string): Promise<Policies> {
  return decodePolicies(await readFile(join(folder, 'policies.json'), 'utf8'));
}

function figureRows(before: Figures, after: Figures): string[][] {
  const counts: readonly (readonly [string, (figures: Figures) => number])[] = [
    ['partitions', ({ added }) => added.partitions],
    ['requests', ({ added }) => added.requests],
    ['block references', ({ added }) => added.block_references],
    ['distinct blocks', ({ added }) => added.distinct_blocks],
    ['input tokens', ({ added }) => added.input_tokens],
    ['saved tokens, measured', ({ window }) => window.hit_tokens],
  ];
  const ratios: readonly (readonly [string, (figures: Figures) => number | null])[] = [
    ['hit ratio, measured', ({ window }) => window.hit_ratio],
    ['of the default', ({ window }) => window.default_ratio],
    ['ceiling', ({ window }) => window.ceiling_ratio],
  ];
  return [
    ...counts.map(([what, of]) =>
      row(what, `${of(before)}`, `${of(after)}`, changeText(of(before), of(after))),
    ),
    ...ratios.map(([what, of]) =>
      row(what, percent(of(before)), percent(of(after)), points(of(before), of(after))),
    ),
  ];
}

function policyRows(before: Policies, after: Policies): string[][] {
  const rows: string[][] = [];
  const cache = (policies: Policies): string =>
    policies.cache === null ? 'none' : `${policies.cache.policy} (${policies.cache.verdict})`;
  rows.push(
    row(
      'cache policy',
      cache(before),
      cache(after),
      cache(before) === cache(after) ? '' : 'changed',
    ),
  );
  const tiles = new Map(
    before.kernels?.map((kernel) => [canonicalJson([kernel.problem, kernel.M]), kernel.policy]),
  );
  const changed = (after.kernels ?? []).filter(({ problem, M, policy }) => {
    const old = tiles.get(canonicalJson([problem, M]));
    return old !== undefined && canonicalJson(old) !== canonicalJson(policy);
  });
  if (after.kernels !== undefined || before.kernels !== undefined) {
    const count = (policies: Policies): string => `${policies.kernels?.length ?? 0}`;
    rows.push(row('tile policies', count(before), count(after), `${changed.length} changed`));
  }
  return rows;
}

function row(...cells: string[]): string[] {
  return cells;
}

function changeText(before: number, after: number): string {
  if (before === after) return '';
  return before === 0
    ? 'new'
    : `${after > before ? '+' : ''}${((100 * (after - before)) / before).toFixed(1)} %`;
}

function points(before: number | null, after: number | null): string {
  if (before === null || after === null || before === after) return '';
  return `${after > before ? '+' : ''}${(100 * (after - before)).toFixed(2)} points`;
}

function percent(share: number | null): string {
  return share === null ? '' : `${(100 * share).toFixed(2)} %`;
}
