import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const BIN = fileURLToPath(new URL('../../bin/', import.meta.url));

/** What a command left behind when it ended. */
export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a command is run. */
export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Sends a signal as soon as `when` holds; asked every 5 ms. */
  readonly signal?: { readonly name: NodeJS.Signals; readonly when: () => boolean };
}

/**
 * Node 24.21 aborts now and then (once in some thousand starts, on a machine with much to do) before a line of ours runs: an
 * assertion of its module loader. Such a start is made again.
 */
const LOADER_ABORT = 'ModuleWrap::CreateRequiredModuleFacade';

/** Runs an executable of `bin/` as a user would and waits for its end. */
export async function runCli(
  name: string,
  words: readonly string[],
  options: RunOptions = {},
): Promise<Outcome> {
  const outcome = await runOnce(name, words, options);
  return outcome.stderr.includes(LOADER_ABORT) ? await runOnce(name, words, options) : outcome;
}

function runOnce(name: string, words: readonly string[], options: RunOptions): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(`${BIN}${name}`, words, {
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', reject);
    const { signal } = options;
    const watch = setInterval(() => {
      if (signal?.when() !== true) return;
      clearInterval(watch);
      child.kill(signal.name);
    }, 5);
    child.on('close', (status) => {
      clearInterval(watch);
      resolve({ status, stdout, stderr });
    });
  });
}
