import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nightlyError } from '../src/nightly-errors.ts';
import type { RunLog } from '../src/run/run-log.ts';
import { runSteps } from '../src/run/run-steps.ts';
import type { Step } from '../src/run/step.ts';

const log: RunLog = { info() {}, error() {} };
let runFolder: string;
let began: string[];

beforeEach(() => {
  runFolder = mkdtempSync(join(tmpdir(), 'wavetune-steps-'));
  began = [];
});
afterEach(() => rmSync(runFolder, { recursive: true }));

/** A step that writes `text`, then what the steps before it wrote. */
function step(
  name: string,
  after: readonly string[],
  text: string,
  changes: Partial<Step> = {},
): Step {
  return {
    name,
    version: 1,
    after,
    key: text,
    outputs: [`${name}.txt`],
    async run({ folder }) {
      began.push(name);
      const before = await Promise.all(
        after.map((one) => readFile(join(runFolder, `${one}.txt`), 'utf8')),
      );
      await writeFile(join(folder, `${name}.txt`), [text, ...before].join(' '));
    },
    ...changes,
  };
}

const run = (steps: readonly Step[], parallel = 2) =>
  runSteps({
    steps,
    runFolder,
    configFolder: runFolder,
    parallel,
    log,
    signal: new AbortController().signal,
  });

const textOf = (name: string): Promise<string> => readFile(join(runFolder, `${name}.txt`), 'utf8');

describe('runSteps', () => {
  it('gives a step what the ones before it left', async () => {
    await run([step('c', ['a', 'b'], 'three'), step('a', [], 'one'), step('b', ['a'], 'two')]);
    expect(await textOf('c')).toBe('three one two one');
    expect(began).toEqual(['a', 'b', 'c']);
  });

  it('passes over what is done, and redoes what follows a change', async () => {
    const steps = (first: string) => [
      step('a', [], first),
      step('b', ['a'], 'two'),
      step('c', [], 'three'),
    ];
    await run(steps('one'));
    began = [];
    await run(steps('one'));
    expect(began).toEqual([]);
    await run(steps('uno'));
    expect(began).toEqual(['a', 'b']);
    expect(await textOf('b')).toBe('two uno');
  });

  it.each([
    ['an output was changed', () => writeFileSync(join(runFolder, 'a.txt'), 'ONE')],
    ['an output was cut', () => writeFileSync(join(runFolder, 'a.txt'), '')],
    ['an output is gone', () => rmSync(join(runFolder, 'a.txt'))],
    ['its record is damaged', () => writeFileSync(join(runFolder, 'steps', 'a.json'), '{"schema"')],
  ])('redoes a step where %s', async (_, damage) => {
    await run([step('a', [], 'one')]);
    damage();
    await run([step('a', [], 'one')]);
    expect(began).toEqual(['a', 'a']);
    expect(await textOf('a')).toBe('one');
  });

  it('redoes a step of a newer version', async () => {
    await run([step('a', [], 'one')]);
    await run([step('a', [], 'one', { version: 2 })]);
    expect(began).toEqual(['a', 'a']);
  });

  it('runs independent steps side by side, as many as are allowed', async () => {
    let [now, most] = [0, 0];
    const wait = (name: string): Step =>
      step(name, [], name, {
        outputs: [],
        async run() {
          most = Math.max(most, ++now);
          await new Promise((resolve) => setTimeout(resolve, 5));
          now--;
        },
      });
    await run(['a', 'b', 'c', 'd', 'e'].map(wait), 2);
    expect(most).toBe(2);
  });

  it('keeps what is done when a step fails, begins nothing after it, and leaves no half outputs', async () => {
    const failing = step('b', ['a'], 'two', {
      async run({ folder }) {
        await writeFile(join(folder, 'b.txt'), 'half');
        throw nightlyError('nightly.step-failed', { step: 'b', how: 'failed', tail: '', log: '' });
      },
    });
    const steps = [step('a', [], 'one'), failing, step('c', ['b'], 'three')];
    await expect(run(steps)).rejects.toMatchObject({ code: 'nightly.step-failed' });
    expect(began).toEqual(['a']);
    expect(existsSync(join(runFolder, 'b.txt'))).toBe(false);
    expect(readdirSync(runFolder).sort()).toEqual(['a.txt', 'steps']);
    await run([step('a', [], 'one'), step('b', ['a'], 'two'), step('c', ['b'], 'three')]);
    expect(began).toEqual(['a', 'b', 'c']);
  });

  it('removes what a killed run was working on', async () => {
    await run([
      step('a', [], 'one', {
        run: async ({ folder }) => {
          writeFileSync(join(folder, 'a.txt'), 'one');
        },
      }),
    ]);
    const left = mkdtempSync(join(runFolder, '.attempt-b-'));
    await run([step('a', [], 'one')]);
    expect(existsSync(left)).toBe(false);
  });

  it('does not call a step done that left less than it declares', async () => {
    const lazy = step('a', [], 'one', { outputs: ['a.txt', 'b.txt'] });
    await expect(run([lazy])).rejects.toThrow('left no b.txt');
  });
});
