import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** What a process and all that it started cost. */
export interface TreeCost {
  readonly seconds: number;
  /** Of the resident memory of all of them together, looked at ten times a second. */
  readonly peakMegabytes: number;
  /** Of the largest of them. */
  readonly peakProcessMegabytes: number;
  /** Of processor time, of all of them; what the last tenth of a second took is missing. */
  readonly cpuSeconds: number;
}

/** Runs a program to its end and watches its process tree (Linux). Throws where it fails. */
export function runTree(command: string, words: readonly string[]): Promise<TreeCost> {
  const begin = performance.now();
  const { promise, resolve, reject } = Promise.withResolvers<TreeCost>();
  const child = spawn(command, words, { stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  const peaks = { peakMegabytes: 0, peakProcessMegabytes: 0, cpuSeconds: 0 };
  const watch = setInterval(() => {
    const members = treeOf(child.pid!);
    const sizes = members.map(({ megabytes }) => megabytes);
    const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
    peaks.peakMegabytes = Math.max(peaks.peakMegabytes, sum(sizes));
    peaks.peakProcessMegabytes = Math.max(peaks.peakProcessMegabytes, ...sizes);
    peaks.cpuSeconds = Math.max(peaks.cpuSeconds, sum(members.map((each) => each.cpuSeconds)));
  }, 100);
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  child.on('close', (status) => {
    clearInterval(watch);
    const seconds = (performance.now() - begin) / 1000;
    if (status === 0) resolve({ seconds, ...peaks });
    else reject(new Error(`${command} ${words.join(' ')} ended with ${status}: ${stderr}`));
  });
  return promise;
}

/** Processor seconds of a process and all below it, with those of the children that they have waited for. */
export function treeSeconds(root: number): number {
  return treeOf(root).reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0);
}

/** The peaks of resident memory of processes and all below them, each process's own, added; of those still there. */
export function treePeakMegabytes(roots: readonly number[]): number {
  return roots
    .flatMap((root) => treeOf(root))
    .reduce((sum, { peakMegabytes }) => sum + peakMegabytes, 0);
}

interface Member {
  readonly parent: number;
  readonly megabytes: number;
  readonly peakMegabytes: number;
  /** With that of the children it has waited for. */
  readonly cpuSeconds: number;
}

/** A tick of the processor's clock in /proc is a hundredth of a second on every Linux. */
const TICKS = 100;

function treeOf(root: number): readonly Member[] {
  const found = new Map<number, Member>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      found.set(Number(name), readMember(name));
    } catch {
      // It ended while we looked.
    }
  }
  const isBelow = (pid: number): boolean =>
    pid === root || (found.has(pid) && isBelow(found.get(pid)!.parent));
  return [...found].filter(([pid]) => isBelow(pid)).map(([, member]) => member);
}

function readMember(pid: string): Member {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const megabytes = (key: string): number =>
    Number(new RegExp(`^${key}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0) / 1000;
  return {
    parent: Number(fields[1]),
    megabytes: megabytes('VmRSS'),
    peakMegabytes: megabytes('VmHWM'),
    cpuSeconds: ticks / TICKS,
  };
}
