import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { runCli } from './support/run-cli.ts';
import { scratchFolder } from './support/scratch.ts';

const home = scratchFolder('report');
const CHAT = fileURLToPath(new URL('../assets/samples/chat.jsonl', import.meta.url));

const runs = join(home, 'runs');
const today = join(runs, '2026-11-21');
const yesterday = join(runs, '2026-11-20');

/** Policies of some memory for the sample. */
async function tune(run: string, memory: string): Promise<void> {
  mkdirSync(run, { recursive: true });
  const out = join(run, 'policies.json');
  const words = ['--trace', CHAT, '--model', 'llama-3.1-8b', '--memory', memory, '--out', out];
  expect((await runCli('replay-tuner', words)).status).toBe(0);
}

beforeAll(async () => {
  await Promise.all([tune(today, '20GiB'), tune(yesterday, '10GiB')]);
});

describe('report', () => {
  it('writes the page into the run folder, says the verdict and what is left out', async () => {
    const { status, stdout, stderr } = await runCli('report', ['--run', today]);
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
    expect(stderr).toMatch(/^wrote {5}.*2026-11-21\/report\.html, \d+ KiB$/m);
    expect(stderr).toMatch(/^(Use|Keep) /m);
    expect(stderr).toMatch(
      /^left out {2}Shared prefixes: wavespec\.json is not in the run folder/m,
    );
    const page = readFileSync(join(today, 'report.html'), 'utf8');
    expect(page).toMatch(/<h1 id="verdict">(Use|Keep) /);
    expect(page).toContain('<strong>Left out.</strong> wavespec.json is not in the run folder');
  });

  it('compares with the day before among its neighbours, with a named run, or with none', async () => {
    const markdown = async (...words: readonly string[]): Promise<string> => {
      const out = join(home, 'page.html');
      const all = ['--run', today, '--out', out, '--markdown', '-', ...words];
      return (await runCli('report', all)).stdout;
    };
    expect(await markdown()).toContain('since 2026-11-20');
    expect(await markdown('--previous', today)).toContain('since 2026-11-21');
    expect(await markdown('--previous', 'none')).not.toContain('since');
  });

  it('gives the same bytes for the same run: page, picture and summary', async () => {
    const made = await Promise.all(
      ['a', 'b'].map(async (name) => {
        const at = (ending: string): string => join(home, `${name}.${ending}`);
        const words = ['--out', at('html'), '--png', at('png'), '--markdown', at('md')];
        expect((await runCli('report', ['--run', today, ...words])).status).toBe(0);
        return ['html', 'png', 'md'].map((ending) => readFileSync(at(ending)));
      }),
    );
    made[0].forEach((bytes, i) => {
      expect(bytes.equals(made[1][i])).toBe(true);
    });
    expect(made[0][1].subarray(1, 4).toString()).toBe('PNG');
  });

  it('opens the page, or says how to', async () => {
    const bin = join(home, 'bin');
    mkdirSync(bin);
    const opened = join(home, 'opened');
    writeFileSync(join(bin, 'xdg-open'), `#!/bin/sh\necho "$1" > ${opened}\n`);
    chmodSync(join(bin, 'xdg-open'), 0o755);
    const PATH = `${bin}${delimiter}${process.env.PATH}`;
    const out = join(home, 'opened.html');
    const words = ['--run', today, '--out', out, '--open'];
    expect((await runCli('report', words, { env: { PATH } })).status).toBe(0);
    await expect.poll(() => readFileSync(opened, 'utf8').trim(), { timeout: 5000 }).toBe(out);
  });

  it('refuses what it cannot read, and names it', async () => {
    const broken = join(runs, 'broken');
    mkdirSync(broken, { recursive: true });
    writeFileSync(join(broken, 'policies.json'), '{}');
    const empty = join(runs, 'empty');
    mkdirSync(empty);
    const failures: readonly (readonly [readonly string[], number, RegExp])[] = [
      [['--run', join(home, 'nowhere')], 1, /report\.no-run: .*nowhere: there is no such folder/],
      [['--run', empty], 1, /report\.empty-run: .*accepted are manifest\.json, wavespec\.json/],
      [['--run', broken], 1, /report\.bad-document: .*policies\.json: documents\.unknown-version/],
      [['--run', today, '--out', runs], 1, /core\.cannot-publish: .*it is a folder/],
      [['--run', today, '--out', '-', '--markdown', '-'], 2, /both want standard output/],
      [['--run', today, '--out', '-', '--open'], 2, /--open needs a file/],
      [[], 2, /run/],
    ];
    for (const [words, status, message] of failures) {
      const outcome = await runCli('report', words);
      expect(outcome.stderr).toMatch(message);
      expect(outcome.status).toBe(status);
    }
  });
});
