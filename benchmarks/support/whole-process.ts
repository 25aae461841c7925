import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** What a process cost from start to end. */
export interface ProcessCost {
  readonly seconds: number;
  readonly peakMegabytes: number;
}

const REPORT_PEAK = fileURLToPath(new URL('report-peak.mjs', import.meta.url));
const MARK = /\npeak-rss-kilobytes (\d+)\n/;

/** Runs a Node program to its end and answers its wall time and peak memory. Throws where it fails. */
export function runWhole(command: string, words: readonly string[]): Promise<ProcessCost> {
  const begin = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(command, words, {
      env: { ...process.env, NODE_OPTIONS: `--import ${REPORT_PEAK}` },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', reject);
    child.on('close', (status) => {
      const seconds = (performance.now() - begin) / 1000;
      const peak = MARK.exec(stderr);
      if (status === 0 && peak !== null)
        resolve({ seconds, peakMegabytes: Number(peak[1]) / 1000 });
      else reject(new Error(`${command} ${words.join(' ')} ended with ${status}: ${stderr}`));
    });
  });
}

/** The middle value; the upper one of two. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}
