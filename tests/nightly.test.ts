import { existsSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { dayOfLogs, SHORT_CONFIG, writeDay, writeNights } from './support/nights.ts';
import { type Outcome, runCli } from './support/run-cli.ts';
import { scratchFolder } from './support/scratch.ts';

const folder = scratchFolder('nightly');
const config = join(folder, 'nightly.yaml');
const runs = join(folder, 'runs');

const nightly = (command: string, ...words: string[]): Promise<Outcome> =>
  runCli('nightly', [command, ...words, '--config', config]);

const current = (): string => readlinkSync(join(runs, 'current'));
const read = (run: string, file: string) => JSON.parse(readFileSync(join(runs, run, file), 'utf8'));

const DAYS = ['2026-11-15', '2026-11-16', '2026-11-17', '2026-11-18'];

describe('nightly', () => {
  beforeAll(async () => {
    writeNights(folder, DAYS);
    const outcome = await nightly('backfill', '--from', DAYS[0], '--to', DAYS[3]);
    expect(outcome.status, outcome.stderr).toBe(0);
  }, 240_000);

  it('publishes every night of a backfill, whole, and points at the last', () => {
    expect(current()).toBe('2026-11-18');
    expect(readdirSync(runs).filter((name) => !name.startsWith('.'))).toEqual([...DAYS, 'current']);
    for (const day of DAYS) {
      const { steps, ledger, gates } = read(day, 'manifest.json');
      for (const { path, bytes } of steps.flatMap(
        ({ outputs }: { outputs: object[] }) => outputs,
      )) {
        expect(readFileSync(join(runs, day, path)).length).toBe(bytes);
      }
      expect(ledger.length).toBe(DAYS.indexOf(day) + 1);
      expect(gates.every(({ passed }: { passed: boolean }) => passed)).toBe(true);
      expect(readFileSync(join(runs, day, 'metrics.prom'), 'utf8')).toContain(
        'wavetune_nightly_last_run_success 1',
      );
    }
    expect(readdirSync(join(runs, '.work'))).toEqual([]);
  });

  it('counts all nights that it has read', () => {
    const references = DAYS.flatMap(
      (day) => dayOfLogs(day).match(/"hash_ids":\[[^\]]*\]/g)!,
    ).reduce((sum, ids) => sum + ids.split(',').length, 0);
    expect(read('2026-11-18', 'statistics.json')).toMatchObject({
      partitions: 4,
      requests: 1600,
      block_references: references,
    });
  });

  it('has added up, night after night, what one run over all days counts elsewhere: to the byte', async () => {
    const other = join(folder, 'scratch');
    writeNights(other, DAYS);
    const words = ['run', '--config', join(other, 'nightly.yaml'), '--date', '2026-11-18'];
    const outcome = await runCli('nightly', words);
    expect(outcome.status, outcome.stderr).toBe(0);
    const ofTheDay = ['wavespec.json', 'cache-replay.json', 'hints.json', 'tuned/policies.json'];
    for (const file of ['blocks.parquet', 'statistics.json', ...ofTheDay]) {
      const ours = readFileSync(join(runs, '2026-11-18', file));
      const theirs = readFileSync(join(other, 'runs', '2026-11-18', file));
      expect([file, theirs.equals(ours)]).toEqual([file, true]);
    }
  }, 60_000);

  it('has nothing to do without new logs', async () => {
    const outcome = await nightly('run', '--date', '2026-11-18');
    expect(outcome).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('no new logs since 2026-11-18'),
    });
  });

  it('says what a run would do, what is published and what changed', async () => {
    writeDay(folder, '2026-11-19');
    const plan = await nightly('plan', '--date', '2026-11-19', '--json');
    expect(JSON.parse(plan.stdout)).toMatchObject({
      run: '2026-11-19',
      fresh: ['logs/2026-11-19.jsonl'],
      window: ['logs/2026-11-19.jsonl'],
    });
    const status = await nightly('status');
    expect(status.stdout).toMatch(/current {2}2026-11-18[\s\S]*2026-11-15 +400/);
    const diff = await nightly('diff', '2026-11-17', 'current', '--json');
    expect(JSON.parse(diff.stdout)).toMatchObject({ before: '2026-11-17', after: '2026-11-18' });
  });

  it('reads only what is new, and reports late and corrected partitions', async () => {
    writeFileSync(
      join(folder, 'logs', '2026-11-16.jsonl'),
      dayOfLogs('2026-11-16', { requests: 380 }),
    );
    writeDay(folder, '2026-11-14');
    const outcome = await nightly('run', '--date', '2026-11-19');
    expect(outcome.status, outcome.stderr).toBe(0);
    const { partitions, notes } = read('2026-11-19', 'manifest.json');
    expect(partitions).toMatchObject({
      fresh: ['logs/2026-11-19.jsonl'],
      late: ['logs/2026-11-14.jsonl'],
      corrected: ['logs/2026-11-16.jsonl'],
    });
    expect(notes.join(' ')).toMatch(/Late.*2026-11-14.*Corrected.*2026-11-16/s);
    expect(read('2026-11-19', 'statistics.json')).toMatchObject({ partitions: 6, requests: 2380 });
    expect(read('2026-11-19', 'partitions.json').length).toBe(3);
  });

  it.each([
    ['half of the rows missing', { requests: 200 }, 'requests'],
    ['shuffled ids', { shuffled: true }, 'conflicts'],
    ['a shifted clock', { shiftMillis: -7_200_000 }, 'clock'],
  ])('stops a day with %s, and yesterday stays', async (_, options, gate) => {
    writeDay(folder, '2026-11-20', options);
    const outcome = await nightly('run', '--date', '2026-11-20');
    expect(outcome.status).toBe(4);
    expect(outcome.stderr).toContain(
      'nightly.gate-failed: 2026-11-20 is not published, 2026-11-19 stays current',
    );
    expect(outcome.stderr).toContain(`${gate}: `);
    expect(current()).toBe('2026-11-19');
  });

  it('goes back, and forward again under a new name', async () => {
    writeDay(folder, '2026-11-20');
    expect(await nightly('rollback')).toMatchObject({
      status: 0,
      stdout: 'current is 2026-11-18\n',
    });
    expect(await nightly('status')).toMatchObject({
      stdout: expect.stringMatching(/2026-11-19 .*rolled back/),
    });
    const again = await nightly('run', '--date', '2026-11-19');
    expect(again.status, again.stderr).toBe(0);
    expect(current()).toBe('2026-11-19.2');
    const statistics = (run: string) => readFileSync(join(runs, run, 'blocks.parquet'));
    expect(statistics('2026-11-19.2').equals(statistics('2026-11-19'))).toBe(true);
  });

  it('lets one of two runs work, and the other say who does', async () => {
    const both = await Promise.all([1, 2].map(() => nightly('run', '--date', '2026-11-20')));
    const [winner, loser] = both.sort((a, b) => (a.status ?? 9) - (b.status ?? 9));
    expect(winner.status, winner.stderr).toBe(0);
    expect(loser).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/nightly\.locked.*process \d+ on /),
    });
    expect(current()).toBe('2026-11-20');
  });

  it('publishes what a gate stopped once a person accepts it, by name', async () => {
    writeDay(folder, '2026-11-21', { shiftMillis: -7_200_000 });
    const tonight = ['--date', '2026-11-21', '--resume'];
    expect(await nightly('run', ...tonight)).toMatchObject({ status: 4 });
    expect(await nightly('run', ...tonight, '--accept', 'no-gate')).toMatchObject({ status: 2 });
    const outcome = await nightly('run', ...tonight, '--accept', 'clock');
    expect(outcome.status, outcome.stderr).toBe(0);
    const { gates } = read('2026-11-21', 'manifest.json');
    expect(gates.find(({ name }: { name: string }) => name === 'clock')).toMatchObject({
      passed: true,
      reason: expect.stringContaining('accepted by hand'),
    });
    expect(await nightly('rollback')).toMatchObject({ stdout: 'current is 2026-11-20\n' });
  });
});

describe('nightly refuses', () => {
  it.each([
    [
      'a configuration that is not there',
      ['run', '--config', '/no/such.yaml'],
      /nightly\.no-config/,
    ],
    ['an unknown command', ['rum'], /unknown command rum; accepted: run, plan/],
    ['a bad date', ['run', '--config', config, '--date', '2026-02-30'], /usage\.bad-date/],
    [
      'a clock that goes backwards',
      ['run', '--config', config, '--date', '2026-11-01'],
      /nightly\.clock-backwards/,
    ],
    [
      'an unknown run',
      ['rollback', '--config', config, '--to', '2026-01-01'],
      /nightly\.unknown-run.*2026-11-20/,
    ],
  ])('%s', async (_, words, message) => {
    const outcome = await runCli('nightly', words);
    expect(outcome.status).toBeGreaterThan(0);
    expect(outcome.stderr).toMatch(message);
  });

  it('an unknown key, with the nearest one', async () => {
    const other = join(folder, 'key');
    writeNights(other, [], `${SHORT_CONFIG}retentoin: {runs: 3}\n`);
    const outcome = await runCli('nightly', ['run', '--config', join(other, 'nightly.yaml')]);
    expect(outcome).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('did you mean retention?'),
    });
  });

  it('a folder that is not there; logs that are not there yet are no fault', async () => {
    const other = join(folder, 'empty');
    writeNights(other, []);
    const empty = await runCli('nightly', ['run', '--config', join(other, 'nightly.yaml')]);
    expect(empty).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('no logs match logs/{date}.jsonl'),
    });
    writeFileSync(
      join(other, 'nightly.yaml'),
      `textfile: nightly.prom\n${SHORT_CONFIG.replace('logs/{date}', 'nowhere/{date}')}`,
    );
    const missing = await runCli('nightly', ['run', '--config', join(other, 'nightly.yaml')]);
    expect(missing).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/there is no folder .*nowhere/),
    });
    const metrics = readFileSync(join(other, 'nightly.prom'), 'utf8');
    expect(metrics).toContain('wavetune_nightly_last_run_success 0');
  });

  it('a damaged manifest, with the way out', async () => {
    const path = join(runs, current(), 'manifest.json');
    const whole = readFileSync(path);
    writeFileSync(path, whole.subarray(0, 100));
    const outcome = await nightly('run', '--date', '2026-11-21');
    expect(outcome.status).toBe(1);
    expect(outcome.stderr).toMatch(/nightly\.corrupt.*manifest\.json.*rollback --to/);
    expect(await nightly('rollback', '--to', '2026-11-18')).toMatchObject({ status: 0 });
    expect(existsSync(path)).toBe(true);
  });
});
