import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runTree, treeSeconds } from '../support/process-tree.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const SCRIPT = join(ROOT, 'scripts/cluster.sh');
const WORKERS = ['worker-1', 'worker-2'];

/** What a replay on a cluster of this machine cost. */
export interface SparkCost {
  /** Of the workers, their executors and the programs that these started. */
  readonly cpuSeconds: number;
  readonly seconds: number;
  readonly shuffledBytes: number;
}

/** Runs replays on a cluster of its own, the first of which warms it up; undefined where Spark is not installed. */
export async function measureSpark(
  folder: string,
  replays: readonly (readonly string[])[],
): Promise<readonly SparkCost[] | undefined> {
  if (!existsSync(join(ROOT, '.tools/spark/home'))) return undefined;
  const place = join(folder, 'cluster');
  mkdirSync(place);
  const env = { ...process.env, WAVETUNE_CLUSTER_OWNER: String(process.pid) };
  execFileSync(SCRIPT, ['up', place], { stdio: ['ignore', 'ignore', 'inherit'], env });
  const told = (name: string): string => readFileSync(join(place, name), 'utf8').trim();
  const workers = WORKERS.map((name) => Number(told(`${name}.pid`)));
  const spent = (): number => workers.reduce((sum, pid) => sum + treeSeconds(pid), 0);
  const found: SparkCost[] = [];
  try {
    for (const words of replays) {
      const [cpuBefore, shuffledBefore] = [spent(), await shuffledBytes(told('ui'))];
      const { seconds } = await runTree(join(ROOT, 'bin/replay-cache'), [
        ...words,
        '--engine',
        told('url'),
      ]);
      found.push({
        seconds,
        cpuSeconds: spent() - cpuBefore,
        shuffledBytes: (await shuffledBytes(told('ui'))) - shuffledBefore,
      });
    }
  } finally {
    execFileSync(SCRIPT, ['down', place]);
  }
  return found;
}

interface Stage {
  readonly shuffleWriteBytes: number;
}

/** Of all stages so far, from Spark's own pages. */
async function shuffledBytes(ui: string): Promise<number> {
  const [application] = (await (await fetch(`${ui}/api/v1/applications`)).json()) as readonly {
    readonly id: string;
  }[];
  const stages = await fetch(`${ui}/api/v1/applications/${application.id}/stages`);
  return ((await stages.json()) as readonly Stage[]).reduce(
    (sum, { shuffleWriteBytes }) => sum + shuffleWriteBytes,
    0,
  );
}
