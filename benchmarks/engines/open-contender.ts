import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openClickhouseEngine } from '@wavetune/clickhouse';
import { openEngine, type QueryEngine } from '@wavetune/engine';
import { openSparkEngine } from '@wavetune/spark';
import { whyNoCluster } from '../../packages/spark/tests/support/cluster.ts';

/** An engine with everything that it needs, started for one measurement. */
export interface Contender {
  readonly engine: QueryEngine;
  /** Where its processes hang, beside our own. */
  readonly roots: readonly number[];
  close(): Promise<void>;
}

interface ContenderKind {
  /** Undefined where it can run here. */
  readonly whyMissing: () => Promise<string | undefined>;
  readonly open: () => Promise<Contender>;
}

const CLUSTER_SCRIPT = fileURLToPath(new URL('../../scripts/cluster.sh', import.meta.url));
const SERVERS = ['master', 'worker-1', 'worker-2', 'connect'];
const THREADS = 2;
const DUCKDB_MEMORY_BYTES = 8 * 2 ** 30;

/** Cores that Spark's workers have here, one each. */
export const SPARK_WORKERS = 2;

/** By name, in the order in which they run; the first is what others are compared with. */
export const CONTENDERS: Readonly<Record<string, ContenderKind>> = {
  duckdb: { whyMissing: async () => undefined, open: openDuckdb },
  chdb: { whyMissing: whyNoChdb, open: openChdb },
  spark: { whyMissing: async () => whyNoCluster(), open: openSpark },
};

async function openDuckdb(): Promise<Contender> {
  const engine = await openEngine({ threads: THREADS, memoryLimitBytes: DUCKDB_MEMORY_BYTES });
  return { engine, roots: [], close: () => engine.close() };
}

async function whyNoChdb(): Promise<string | undefined> {
  try {
    await loadChdb();
    return undefined;
  } catch (error) {
    return (error as Error).message.split('\n')[0];
  }
}

/** Its library is native and not for every machine. */
function loadChdb() {
  return import('../../packages/clickhouse/tests/support/chdb-server.ts');
}

async function openChdb(): Promise<Contender> {
  const server = await (await loadChdb()).startChdbServer();
  const engine = openClickhouseEngine(`clickhouse://127.0.0.1:${server.port}`);
  const close = async (): Promise<void> => {
    await engine.close();
    await server.close();
  };
  return { engine, roots: [], close };
}

async function openSpark(): Promise<Contender> {
  const folder = mkdtempSync(join(tmpdir(), 'wavetune-bench-spark-'));
  const env = { ...process.env, WAVETUNE_CLUSTER_OWNER: String(process.pid) };
  const url = execFileSync(CLUSTER_SCRIPT, ['up', folder], { encoding: 'utf8', env }).trim();
  const engine = await openSparkEngine(url);
  const close = async (): Promise<void> => {
    await engine.close();
    execFileSync(CLUSTER_SCRIPT, ['down', folder]);
    rmSync(folder, { recursive: true, force: true });
  };
  const roots = SERVERS.map((name) => Number(readFileSync(join(folder, `${name}.pid`), 'utf8')));
  return { engine, roots, close };
}
