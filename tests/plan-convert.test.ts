import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalJson } from '@wavetune/core';
import { describe, expect, it } from 'vitest';
import { PLAN_SAMPLES, tablesIn } from './support/plan-samples.ts';
import { runCli } from './support/run-cli.ts';
import { scratchFolder } from './support/scratch.ts';
import { hasSharedData, sharedData } from './support/shared-data.ts';

const folder = scratchFolder('plan-convert');
const PLAN = `${PLAN_SAMPLES}plan.json`;
const TRACE = `${PLAN_SAMPLES}plan-datajax.json`;
const GOLDEN = 'golden/datajax/trace.json';

async function converted(words: readonly string[]): Promise<string> {
  const { stdout, status, stderr } = await runCli('plan', ['convert', ...words, '--quiet']);
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return stdout;
}

/** What the plan of a file gives, by the SQL and the figures of its run. */
async function rowsOf(path: string): Promise<unknown> {
  const words = ['explain', path, ...tablesIn(PLAN_SAMPLES), '--json'];
  const { stdout, stderr } = await runCli('plan', words);
  expect(stderr).toBe('');
  const { metrics } = JSON.parse(stdout) as {
    readonly metrics: { readonly nodes: readonly { readonly rows: { readonly value: number } }[] };
  };
  return metrics.nodes.at(-1)?.rows.value;
}

describe('plan convert', () => {
  it('writes both forms as they are read, byte for byte once canonical', async () => {
    expect(await converted([TRACE, '--to', 'datajax'])).toBe(readFileSync(TRACE, 'utf8'));
    expect(await converted([PLAN, '--to', 'ir/1'])).toBe(readFileSync(PLAN, 'utf8'));
  });

  it.skipIf(!hasSharedData(GOLDEN))('keeps the original’s own trace byte for byte', async () => {
    const original = canonicalJson(JSON.parse(readFileSync(sharedData(GOLDEN), 'utf8')));
    expect(await converted([sharedData(GOLDEN), '--to', 'datajax'])).toBe(`${original}\n`);
  });

  it('gives plans with the same rows, there and back', async () => {
    const ours = join(folder, 'ours.json');
    const theirs = join(folder, 'theirs.json');
    await converted([TRACE, ...tablesIn(PLAN_SAMPLES), '--to', 'ir/1', '--out', ours]);
    await converted([PLAN, '--to', 'datajax', '--out', theirs]);
    const wanted = await rowsOf(PLAN);
    expect(await rowsOf(ours)).toBe(wanted);
    expect(await rowsOf(theirs)).toBe(wanted);
  });

  it('tells the types of columns by their use where no file says them, and says so', async () => {
    const { stdout, stderr, status } = await runCli('plan', ['convert', TRACE, '--to', 'ir/1']);
    expect(status).toBe(0);
    expect(stderr).toMatch(
      /^types told by use alone: input\.user_id text, input\.unit_price f64, /,
    );
    expect(stdout).toMatch(/"schema":"ir\/1"/);
  });

  it.each<[string, readonly string[], number, RegExp]>([
    ['a node that datajax has no step for', ['--to', 'datajax'], 1, /ir\.not-expressible: .* \$/],
    ['a form that is none', ['--to', 'sql'], 2, /Choices: "ir\/1", "datajax"/],
    ['no form', [], 2, /to/],
  ])('refuses %s', async (_, words, status, message) => {
    const scan = {
      kind: 'scan',
      source: { format: 'table', name: 't', columns: [{ name: 'a', type: { kind: 'i64' } }] },
    };
    const plan = { kind: 'limit', input: scan, count: 1, offset: 0 };
    const path = join(folder, 'limit.json');
    writeFileSync(path, JSON.stringify({ plan, schema: 'ir/1' }));
    const outcome = await runCli('plan', ['convert', path, ...words]);
    expect(outcome.stderr).toMatch(message);
    expect([outcome.status, outcome.stdout]).toEqual([status, '']);
  });
});
