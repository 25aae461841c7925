import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { ownCluster, whyNoCluster } from '../packages/spark/tests/support/cluster.ts';
import { runCli } from './support/run-cli.ts';
import { scratchFolder } from './support/scratch.ts';
import { hasSharedData, sharedData } from './support/shared-data.ts';

const CONVERSATION = 'mooncake/conversation_trace.jsonl';
const scratch = scratchFolder('replay-spark');
const QUESTION = ['--policies', 's3-fifo,learned,optimum', '--capacities', '1%,10%,500', '--json'];

async function replay(words: readonly string[]): Promise<string> {
  const { status, stdout, stderr } = await runCli('replay-cache', [...words, ...QUESTION]);
  expect([status, stderr]).toEqual([0, '']);
  return stdout;
}

/** Processes that replay shards, with the process that started each. */
function shardProcesses(): readonly {
  readonly pid: number;
  readonly parents: readonly number[];
}[] {
  return readdirSync('/proc').flatMap((name) => {
    const pid = Number(name);
    if (!Number.isInteger(pid) || !commandOf(pid).includes(join(scratch, 'program'))) return [];
    return [{ pid, parents: ancestorsOf(pid) }];
  });
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

function ancestorsOf(pid: number): readonly number[] {
  try {
    const [, parent] = /\) . (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
    return Number(parent) > 1 ? [Number(parent), ...ancestorsOf(Number(parent))] : [];
  } catch {
    return [];
  }
}

async function until(holds: () => boolean, what: string): Promise<void> {
  for (let turn = 0; turn < 1200; turn++) {
    if (holds()) return;
    await sleep(50);
  }
  throw new Error(`it never came that ${what}`);
}

describe.skipIf(whyNoCluster() !== undefined)('replay-cache --engine sc://', () => {
  const cluster = whyNoCluster() === undefined ? ownCluster() : undefined;
  const there = ['--engine', cluster?.url ?? '', '--worker-folder', join(scratch, 'program')];
  afterAll(() => cluster?.down());

  it.skipIf(!hasSharedData(CONVERSATION))(
    'equals the local one on the conversation trace',
    async () => {
      const words = ['--trace', sharedData(CONVERSATION), '--shards', 'hash:8'];
      expect(await replay([...words, ...there])).toBe(await replay(words));
    },
  );

  it('equals the local one for tenants and models with any names, from two files', async () => {
    const plain = join(scratch, 'plain.jsonl');
    const words = ['--requests', '1500', '--tenants', '6', '--labels', '--ids', 'u64'];
    expect((await runCli('make-trace', [...words, '--out', plain])).status).toBe(0);
    const names = ['a\tb', 'c\nd', 'e"f\\g', '東京 𝄞', '\\N', "it's"];
    const lines = readFileSync(plain, 'utf8').trimEnd().split('\n');
    const renamed = lines.map((line, i) => {
      const tenant = JSON.stringify(names[Number(/"tenant":"(\d+)"/.exec(line)?.[1] ?? 0) % 6]);
      const label = i % 50 === 0 ? 'null' : tenant;
      return line.replace(/"tenant":"[^"]*"/, `"tenant":${label},"model":${tenant}`);
    });
    const files = [0, 1].map((part) => {
      const path = join(scratch, `part-${part}.jsonl`);
      writeFileSync(path, `${renamed.filter((_, i) => i % 2 === part).join('\n')}\n`);
      return path;
    });
    for (const by of ['tenant', 'model']) {
      const log = [...files.flatMap((file) => ['--trace', file]), '--shards', by];
      expect(await replay([...log, ...there])).toBe(await replay(log));
    }
  });

  it('comes to the same where a worker is killed in the middle, and leaves no program behind', async () => {
    const trace = join(scratch, 'long.parquet');
    const words = ['--references', '1500000', '--tenants', '60', '--out', trace];
    expect((await runCli('make-trace', words)).status).toBe(0);
    const log = ['--trace', trace, '--shards', 'tenant'];
    const expected = await replay(log);
    const bin = join(import.meta.dirname, '../bin/replay-cache');
    const child = spawn(bin, [...log, ...there, ...QUESTION]);
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
    const worker = cluster?.pidOf('worker-1') ?? 0;
    const ofWorker = () => shardProcesses().filter(({ parents }) => parents.includes(worker));
    await until(() => ofWorker().length > 0, 'a program ran on the worker');
    const orphans = ofWorker().map(({ pid }) => pid);
    process.kill(worker, 'SIGKILL');
    expect(await ended).toBe(0);
    expect(output).toBe(expected);
    await until(
      () => orphans.every((pid) => !commandOf(pid).includes(scratch)),
      'the programs of the killed worker ended',
    );
  });
});
