/**
 * What the index costs: `prefix-indexer ingest` of a million events, from its start to its end, from JSONL, CSV and Parquet,
 * and from the same JSONL where one line has an escape, so that the engine reads it and not the scanner; its parts
 * within a process; DuckDB's scan and count of the same JSONL beside it, and the hints of an index of a million prefixes.
 * Usage: node benchmarks/prefix-index/run.ts [events in thousands] [prefixes in thousands]
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@wavetune/core';
import { openEngine } from '@wavetune/engine';
import { withQuarantine } from '@wavetune/ingest';
import { aggregate, col, F64, type Field, fieldsOf, scan, TEXT } from '@wavetune/ir';
import {
  createPrefixIndex,
  createTotalsTable,
  DEFAULT_SETTINGS,
  digestOfFile,
  openStore,
  readDelta,
  type SuggestQuery,
  suggest,
} from '@wavetune/prefix-index';
import { beginScan } from '@wavetune/prefix-index/scan';
import { watchStolenTime } from '../support/stolen-time.ts';
import { makeCsv } from './make-csv.ts';
import { makeEvents } from './make-events.ts';

const ROUNDS = 3;
const PROCESS_ROUNDS = 11;
const PREFIX_INDEXER = join(import.meta.dirname, '../../bin/prefix-indexer');
const THREADS = 2;
const QUERIES = 5000;
const COLUMNS: readonly Field[] = fieldsOf({
  prefix_id: TEXT,
  tenant: TEXT,
  model_id: TEXT,
  layer: TEXT,
  page_start: F64,
  page_end: F64,
  bytes: F64,
  latency_ms: F64,
  timestamp_ms: F64,
});

const engine = await openEngine({ threads: THREADS, memoryLimitBytes: 2 ** 30 });
const folder = await mkdtemp(join(tmpdir(), 'prefix-index-bench-'));

interface Ingested {
  readonly digest: number;
  readonly read: number;
  readonly commit: number;
}

interface Ran {
  readonly millis: number;
  readonly cpuMillis: number;
}

/** The whole command. */
async function ingestByCommand(path: string, store: string): Promise<Ran> {
  const before = cpuOfChildren();
  const begin = performance.now();
  execFileSync(PREFIX_INDEXER, ['ingest', path, '--store', store], { stdio: 'ignore' });
  const millis = performance.now() - begin;
  for (const end of ['', '.lock', '.wal']) await rm(`${store}${end}`, { force: true });
  return { millis, cpuMillis: cpuOfChildren() - before };
}

/** A new store each time, one file after the other in each round; one round more, which is not counted, comes first. */
async function measureCommands(names: readonly string[]): Promise<void> {
  const rounds = new Map<string, Ran[]>(names.map((name) => [name, []]));
  const stolenPercent = watchStolenTime();
  for (let i = 0; i <= PROCESS_ROUNDS; i++) {
    for (const [name, ran] of rounds) {
      const found = await ingestByCommand(join(folder, name), join(folder, 'whole.duckdb'));
      if (i > 0) ran.push(found);
    }
  }
  const stolen = stolenPercent();
  for (const [name, ran] of rounds) {
    const millis = ran.map((one) => one.millis);
    report(`${name}, the command`, {
      'all, ms': middle(millis),
      'best, ms': Math.round(Math.min(...millis)),
      'of CPU, ms': middle(ran.map(({ cpuMillis }) => cpuMillis)),
    });
  }
  console.log(`meanwhile ${stolen} % of the machine's time was taken by its host`);
}

/** User and system time of the processes that have ended, in milliseconds. */
function cpuOfChildren(): number {
  const fields = readFileSync('/proc/self/stat', 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return 10 * (Number(fields[13]) + Number(fields[14]));
}

/** The same events, the first letter of a tenant as an escape. */
async function escapeOne(from: string, to: string): Promise<void> {
  const bytes = await readFile(from);
  const at = bytes.indexOf('"tenant-') + 1;
  const letter = Buffer.from('\\u0074');
  await writeFile(to, Buffer.concat([bytes.subarray(0, at), letter, bytes.subarray(at + 1)]));
}

/** As `prefix-indexer ingest` does it, without its start, a new store each time. */
async function ingest(path: string, store: string): Promise<Ingested> {
  const begin = performance.now();
  const { halfLifeMillis } = DEFAULT_SETTINGS;
  const rules = { halfLifeMillis, latestMillis: systemClock.nowMillis() };
  const scan = beginScan(path, rules, THREADS);
  const batchId = (await scan?.digest) ?? (await digestOfFile(path));
  const hashed = performance.now();
  const { totals, ...batch } = await withQuarantine(undefined, (quarantine) =>
    readDelta(
      { path, format: 'auto', options: {}, modelId: 'm', tenant: 't', cost: undefined, scan },
      { engine, settings: DEFAULT_SETTINGS, clock: systemClock, maxBadRatio: 0, quarantine },
    ),
  );
  const read = performance.now();
  const opened = await openStore({ url: store, settings: {}, access: 'write' });
  const open = performance.now();
  await opened.commit({ batches: [{ batchId, ...batch }], totals });
  const committed = performance.now();
  await opened.close();
  await rm(store, { recursive: true, force: true });
  await rm(`${store}.log`, { recursive: true, force: true });
  return { digest: hashed - begin, read: read - hashed, commit: committed - open };
}

async function measureIngest(path: string, store: string): Promise<void> {
  const rounds: Ingested[] = [];
  for (let i = 0; i < ROUNDS; i++) rounds.push(await ingest(path, join(folder, store)));
  const whole = rounds.map(({ digest, read, commit }) => digest + read + commit);
  report(`${path.slice(path.lastIndexOf('.'))} into ${store}`, {
    'digest, ms': middle(rounds.map(({ digest }) => digest)),
    'read, ms': middle(rounds.map(({ read }) => read)),
    'commit, ms': middle(rounds.map(({ commit }) => commit)),
    'all, ms': middle(whole),
    'best, ms': Math.round(Math.min(...whole)),
  });
}

/** The least that any reader does: parse, and count by prefix. */
async function measureDuckdb(path: string): Promise<void> {
  const rows = scan({ format: 'json_lines', files: [path], columns: COLUMNS });
  const keys = { tenant: col('tenant'), model: col('model_id'), prefix: col('prefix_id') };
  const counted = aggregate(
    aggregate(rows, keys, { hits: { fn: 'count' } }),
    {},
    {
      prefixes: { fn: 'count' },
    },
  );
  const millis: number[] = [];
  for (let i = 0; i < ROUNDS; i++) {
    const begin = performance.now();
    await engine.rows(counted);
    millis.push(performance.now() - begin);
  }
  const best = Math.round(Math.min(...millis));
  report('.jsonl, DuckDB counts alone', { 'all, ms': middle(millis), 'best, ms': best });
}

function measureSuggest(prefixes: number): void {
  const table = createTotalsTable(DEFAULT_SETTINGS.halfLifeMillis);
  for (let i = 0; i < prefixes; i++) {
    table.addEvent({
      prefix_id: `prefix-${i}`,
      tenant: `tenant-${i % 16}`,
      model_id: 'm',
      layer: 0,
      page_start: i,
      page_end: i + 7,
      bytes: 1_000_000,
      timestamp_ms: (i * 7919) % 86_400_000,
    });
  }
  const index = createPrefixIndex(DEFAULT_SETTINGS);
  const begin = performance.now();
  index.merge(table.columns());
  report(`index of ${prefixes} prefixes`, { 'merge, ms': Math.round(performance.now() - begin) });
  const queries: Readonly<Record<string, SuggestQuery>> = {
    'top 100 of all': { topK: 100 },
    'top 100 of a tenant': { topK: 100, tenants: ['tenant-3'] },
    'top 100 within 64 MiB': { topK: 100, budgetBytes: 2 ** 26 },
  };
  for (const [name, query] of Object.entries(queries)) {
    const millis = Array.from(
      { length: QUERIES / (query.budgetBytes === undefined ? 1 : 50) },
      () => {
        const asked = performance.now();
        suggest(index, query);
        return performance.now() - asked;
      },
    ).sort((a, b) => a - b);
    const at = (share: number): number =>
      Number(millis[Math.floor(share * millis.length)].toFixed(3));
    report(name, { 'p50, ms': at(0.5), 'p99, ms': at(0.99) });
  }
}

function report(what: string, figures: Readonly<Record<string, number>>): void {
  const text = Object.entries(figures).map(([name, value]) => `${name} ${value}`);
  console.log(`${what.padEnd(34)} ${text.join('  ')}`);
}

function middle(values: readonly number[]): number {
  return Math.round(values.toSorted((a, b) => a - b)[values.length >> 1]);
}

const events = 1000 * Number(process.argv[2] ?? 1000);
const jsonl = join(folder, 'events.jsonl');
await makeEvents(jsonl, events);
const rows = scan({ format: 'json_lines', files: [jsonl], columns: COLUMNS });
await engine.writeParquet(rows, join(folder, 'events.parquet'));
await makeCsv(jsonl, join(folder, 'events.csv'));
await escapeOne(jsonl, join(folder, 'one-escape.jsonl'));
console.log(`${events} events, ${THREADS} threads, the middle of ${PROCESS_ROUNDS} rounds`);
await measureCommands(['events.jsonl', 'events.parquet', 'one-escape.jsonl', 'events.csv']);
console.log(`in a process that runs, the middle of ${ROUNDS} rounds`);
await measureDuckdb(jsonl);
for (const store of ['index.duckdb', 'index.jsonl']) await measureIngest(jsonl, store);
await measureIngest(join(folder, 'events.parquet'), 'index.duckdb');
await measureIngest(join(folder, 'events.csv'), 'index.duckdb');
measureSuggest(1000 * Number(process.argv[3] ?? 1000));
await engine.close();
await rm(folder, { recursive: true });
