import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** What a process and all that it started cost. */
export interface TreeCost {
  readonly seconds: number;
  /** Of the resident memory of all of them together, looked at ten times a second. */
  readonly peakMegabytes: number;
}

/** Runs a program to its end and watches its process tree (Linux). Throws where it fails. */
export function runTree(command: string, words: readonly string[]): Promise<TreeCost> {
  const begin = performance.now();
  const { promise, resolve, reject } = Promise.withResolvers<TreeCost>();
  const child = spawn(command, words, { stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  let peakMegabytes = 0;
  const watch = setInterval(() => {
    peakMegabytes = Math.max(peakMegabytes, treeMegabytes(child.pid!));
  }, 100);
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  child.on('close', (status) => {
    clearInterval(watch);
    const seconds = (performance.now() - begin) / 1000;
    if (status === 0) resolve({ seconds, peakMegabytes });
    else reject(new Error(`${command} ${words.join(' ')} ended with ${status}: ${stderr}`));
  });
  return promise;
}

function treeMegabytes(root: number): number {
  const found = new Map<number, { readonly parent: number; readonly kilobytes: number }>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const status = readFileSync(`/proc/${name}/status`, 'utf8');
      const parent = Number(/^PPid:\s+(\d+)/m.exec(status)?.[1]);
      const kilobytes = Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0);
      found.set(Number(name), { parent, kilobytes });
    } catch {
      // It ended while we looked.
    }
  }
  const isBelow = (pid: number): boolean =>
    pid === root || (found.has(pid) && isBelow(found.get(pid)!.parent));
  const total = [...found].reduce(
    (sum, [pid, { kilobytes }]) => sum + (isBelow(pid) ? kilobytes : 0),
    0,
  );
  return total / 1000;
}
