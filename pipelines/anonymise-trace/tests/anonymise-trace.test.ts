import { execFile } from 'node:child_process';
import {
  existsSync,
  globSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type TraceColumns, tokensOfPrefix } from '@wavetune/core';
import { openEngine } from '@wavetune/engine';
import { readTrace } from '@wavetune/ingest';
import type { TraceOptions } from '@wavetune/trace';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const SAMPLES = fileURLToPath(new URL('../../../assets/samples/', import.meta.url));
const SHARED = process.env.WAVETUNE_SHARED_DATA ?? '../shared/data';
const CONVERSATIONS = `${SHARED}/mooncake/conversation_trace.jsonl`;
const WEKA = globSync(`${SHARED}/weka/trace_000*.json.gz`).sort();

const folder = mkdtempSync(join(tmpdir(), 'wavetune-anonymise-'));
let engine: Awaited<ReturnType<typeof openEngine>>;
beforeAll(async () => {
  engine = await openEngine({ memoryLimitBytes: 2 ** 29, threads: 1 });
});
afterAll(async () => {
  await engine.close();
  rmSync(folder, { recursive: true });
});

interface Outcome {
  readonly status: number;
  readonly stderr: string;
}

function run(words: readonly string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(process.execPath, [MAIN, ...words], (error, _stdout, stderr) => {
      resolve({ status: error === null ? 0 : Number(error.code), stderr });
    });
  });
}

async function columnsOf(files: readonly string[], options: TraceOptions): Promise<TraceColumns> {
  return (await readTrace({ files, format: 'auto', options, engine })).columns;
}

/** Tokens that an endless cache serves, request by request. */
function hitTokens(columns: TraceColumns): number[] {
  const seen = new Set<number>();
  return Array.from({ length: columns.offsets.length - 1 }, (_, request) => {
    const chain = columns.blocks.subarray(columns.offsets[request], columns.offsets[request + 1]);
    const misses = chain.findIndex((block) => !seen.has(block));
    for (const block of chain) seen.add(block);
    return tokensOfPrefix(columns, request, misses < 0 ? chain.length : misses);
  });
}

function expectSameStructure(after: TraceColumns, before: TraceColumns): void {
  for (const name of [
    'offsets',
    'blocks',
    'parents',
    'inputTokens',
    'coveredTokens',
    'outputTokens',
  ] as const) {
    expect(
      Buffer.from(after[name].slice().buffer).equals(Buffer.from(before[name].slice().buffer)),
    ).toBe(true);
  }
  expect([...after.timeMillis]).toEqual(
    Array.from(before.timeMillis, (time) => Math.floor(time - before.timeMillis[0])),
  );
}

describe('anonymise-trace', () => {
  it('keeps the structure of a trace of hashes, and no name of it', async () => {
    const out = join(folder, 'mix.jsonl.zst');
    const sample = join(SAMPLES, 'mix.jsonl');
    const options = { blockSize: 256 };
    const outcome = await run(['--logs', sample, '--block-size', '256', '--labels', '--out', out]);
    expect(outcome.status).toBe(0);
    expect(outcome.stderr).toMatch(/150 requests, .* read it with --block-size 256/);
    const [before, after] = [await columnsOf([sample], options), await columnsOf([out], options)];
    expectSameStructure(after, before);
    expect([...after.sessions]).toEqual([...before.sessions]);
  });

  it('makes numbers of path-like keys', async () => {
    const out = join(folder, 'keys.jsonl');
    const keys = join(SAMPLES, 'keys.csv');
    await run(['--logs', keys, '--prefix-mode', 'delimiter', '--labels', '--out', out]);
    const text = readFileSync(out, 'utf8');
    expect(text).not.toMatch(/tenant-|session-0|chat|agent/);
    const before = await columnsOf([keys], { prefixMode: 'delimiter' });
    const after = await columnsOf([out], { blockSize: 1 });
    expect([...after.blocks]).toEqual([...before.blocks]);
    expect([...after.parents]).toEqual([...before.parents]);
    expect([...after.tenants]).toEqual([...before.tenants]);
  });

  it.skipIf(!existsSync(CONVERSATIONS))(
    `gives Mooncake's own trace back, number for number (skipped where ${CONVERSATIONS} is missing)`,
    async () => {
      const out = join(folder, 'conversations.jsonl');
      await run(['--logs', CONVERSATIONS, '--out', out]);
      const original = readFileSync(CONVERSATIONS, 'utf8').replaceAll(' ', '').trim();
      expect(readFileSync(out, 'utf8').trim() === original).toBe(true);
    },
  );

  it.skipIf(WEKA.length === 0)(
    `keeps what full blocks serve, where a log has no ids for the rest (skipped where ${SHARED}/weka is missing)`,
    async () => {
      const out = join(folder, 'weka.jsonl.gz');
      await run(['--logs', ...WEKA, '--out', out]);
      const before = await columnsOf(WEKA, {});
      const after = await columnsOf([out], { blockSize: before.blockSize, tail: 'drop' });
      expect(hitTokens(after)).toEqual(hitTokens(before));
      expect([...after.inputTokens]).toEqual([...before.inputTokens]);
    },
  );

  it('refuses a log without block ids, and leaves the old file', async () => {
    const [logs, out] = [join(folder, 'lengths.csv'), join(folder, 'old.jsonl')];
    writeFileSync(logs, 'TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:15:46,374,44\n');
    writeFileSync(out, 'old');
    const outcome = await run(['--logs', logs, '--out', out]);
    expect(outcome).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('trace.length-only'),
    });
    expect(readFileSync(out, 'utf8')).toBe('old');
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it.each([
    [2, /accepted is a file that ends in .jsonl/, ['--logs', 'x', '--out', 'x.parquet']],
    [1, /log-input.no-match/, ['--logs', 'no-such-*.jsonl', '--out', 'x.jsonl']],
    [2, /usage.bad-size/, ['--logs', 'x', '--engine-memory', 'much', '--out', 'x.jsonl']],
  ])('ends with status %d and says %s', async (status, message, words) => {
    const outcome = await run(words);
    expect(outcome.stderr).toMatch(message);
    expect(outcome.status).toBe(status);
  });
});
