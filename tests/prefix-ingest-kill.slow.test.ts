import { spawn } from 'node:child_process';
import { createWriteStream, existsSync } from 'node:fs';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createRng } from '@wavetune/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { runCli } from './support/run-cli.ts';
import { scratchFolder } from './support/scratch.ts';

const KILLS = 40;
const TEN_MINUTES = 600_000;
/** A file of so many is scanned before the command is loaded. */
const EVENTS = 120_000;
const PREFIX_INDEXER = fileURLToPath(new URL('../bin/prefix-indexer', import.meta.url));

const folder = scratchFolder('ingest-kill');
const FILES = ['a', 'b'].map((name) => join(folder, `${name}.jsonl`));

async function writeEvents(path: string, first: number): Promise<void> {
  const file = createWriteStream(path);
  for (let i = 0; i < EVENTS; i++) {
    const event = {
      prefix_id: `session-${(first + i * 7919) % 5003}`,
      tenant: `tenant-${i % 5}`,
      model_id: 'llama-3.1-8b',
      layer: i % 4,
      page_start: i % 64,
      page_end: (i % 64) + 3,
      bytes: 4096 + i,
      latency_ms: 1 + (i % 9),
      timestamp_ms: 1_795_000_000_000 + first + i,
    };
    file.write(`${JSON.stringify(event)}\n`);
  }
  file.end();
  await finished(file);
}

/** Ingests both files; killed after so long unless it has ended by then. @returns Its exit status; null where it was killed. */
async function ingest(store: string, killedAfterMillis?: number): Promise<number | null> {
  const words = ['ingest', ...FILES, '--store', store, '--quiet'];
  const child = spawn(PREFIX_INDEXER, words, { stdio: 'ignore', detached: true });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  if (killedAfterMillis !== undefined) {
    await Promise.race([ended, sleep(killedAfterMillis)]);
    // All of its group, in case a shell stands before it.
    if (child.exitCode === null) process.kill(-child.pid!, 'SIGKILL');
  }
  return ended;
}

/** Entries by tenant and prefix, as far as sums do not depend on their order. */
async function entriesOf(store: string): Promise<readonly string[]> {
  const { stdout } = await runCli('prefix-indexer', ['dump', '--store', store]);
  return stdout
    .trim()
    .split('\n')
    .map((line) => {
      const { tenant, prefix_id, hits, bytes, bytes_moved, layers, score } = JSON.parse(line);
      const rounded = score.toPrecision(9);
      return JSON.stringify([tenant, prefix_id, hits, bytes, bytes_moved, layers, rounded]);
    })
    .sort();
}

let whole: readonly string[] = [];
let wholeMillis = 0;

beforeAll(async () => {
  for (const [i, path] of FILES.entries()) await writeEvents(path, 1_000_000 * i);
  const store = join(folder, 'whole.duckdb');
  const begin = performance.now();
  expect(await ingest(store)).toBe(0);
  wholeMillis = performance.now() - begin;
  whole = await entriesOf(store);
}, TEN_MINUTES);

describe('an ingest that is killed', () => {
  it(
    'leaves a store with whole files in it, and goes on from there',
    async () => {
      const rng = createRng(7);
      const left = { nothing: 0, one: 0, both: 0 };
      for (let kill = 0; kill < KILLS; kill++) {
        const store = join(folder, `index-${kill}.duckdb`);
        const lives = 1 + rng.nextBelow(2);
        for (let life = 0; life < lives; life++) {
          await ingest(store, rng.nextBelow(Math.ceil(1.1 * wholeMillis)));
        }
        if (existsSync(store)) {
          const checked = await runCli('prefix-indexer', ['verify', '--store', store]);
          expect(checked.stdout, checked.stderr).toMatch(/^sound /);
          const batches = Number(/(\d+) batches/.exec(checked.stdout)?.[1]);
          expect([1, 2]).toContain(batches);
          left[batches === 1 ? 'one' : 'both']++;
        } else left.nothing++;
        expect(await ingest(store)).toBe(0);
        expect(await entriesOf(store)).toEqual(whole);
      }
      console.log(
        `${KILLS} stores: ${left.nothing} not made yet, ${left.one} with a file, ${left.both} with both when the command was killed`,
      );
    },
    TEN_MINUTES,
  );
});
