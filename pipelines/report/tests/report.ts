import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const BIN = fileURLToPath(new URL('../../../bin/report', import.meta.url));

/** What `bin/report` left behind when it ended. */
export interface Outcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `bin/report` as a user would. */
export function report(...words: readonly string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(BIN, words, { maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      resolve({ status: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}
