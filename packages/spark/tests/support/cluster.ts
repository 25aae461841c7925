import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { isWavetuneError } from '@wavetune/core';
import { lockFile } from '@wavetune/engine';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const SCRIPT = join(ROOT, 'scripts/cluster.sh');
const LONGEST_START_MILLIS = 120_000;

/** A running cluster: a master, two workers, a Connect server. */
export interface Cluster {
  /** `sc://127.0.0.1:port` */
  readonly url: string;
  /** Spark's own pages and `/api/v1`. */
  readonly ui: string;
  /** Logs and pids. */
  readonly folder: string;
  /** The process id of `master`, `worker-1`, `worker-2`, `connect`. */
  pidOf(name: string): number;
}

/** Why no cluster can run here, printed; nothing where one can. */
export function whyNoCluster(): string | undefined {
  const reason = missing();
  if (reason !== undefined) console.log(`skipped: Spark, since ${reason}`);
  return reason;
}

function missing(): string | undefined {
  for (const name of ['java', 'python3']) {
    if (spawnSync(name, ['--version']).status !== 0) return `there is no ${name}`;
  }
  if (existsSync(join(ROOT, '.tools/spark/home'))) return undefined;
  return 'it is not in .tools/spark; scripts/spark.sh installs it';
}

/** The cluster that all test files of a run share; the first to ask starts it, and it goes when the run ends. */
export async function sharedCluster(): Promise<Cluster> {
  const folder = join(tmpdir(), `wavetune-spark-${process.ppid}`);
  mkdirSync(folder, { recursive: true });
  const deadline = Date.now() + LONGEST_START_MILLIS;
  for (;;) {
    try {
      const lock = lockFile(join(folder, 'lock'));
      try {
        return up(folder, process.ppid);
      } finally {
        lock.release();
      }
    } catch (failure) {
      const isStarting = isWavetuneError(failure) && failure.code === 'engine.file-in-use';
      if (!isStarting || Date.now() > deadline) throw failure;
      await sleep(500);
    }
  }
}

/** A cluster of a test's own, to be killed. */
export function ownCluster(token?: string): Cluster & { down(): void; startConnect(): Cluster } {
  const folder = mkdtempSync(join(tmpdir(), 'wavetune-spark-'));
  const cluster = up(folder, process.pid, token);
  return {
    ...cluster,
    startConnect: () => up(folder, process.pid, token),
    down: () => {
      execFileSync(SCRIPT, ['down', folder]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function up(folder: string, owner: number, token?: string): Cluster {
  execFileSync(SCRIPT, ['up', folder], {
    timeout: LONGEST_START_MILLIS,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...process.env,
      WAVETUNE_CLUSTER_OWNER: String(owner),
      ...(token !== undefined && { WAVETUNE_CLUSTER_TOKEN: token }),
    },
  });
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8').trim();
  return { folder, url: read('url'), ui: read('ui'), pidOf: (name) => Number(read(`${name}.pid`)) };
}
