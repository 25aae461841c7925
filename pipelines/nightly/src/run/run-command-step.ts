import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { nightlyError } from '../nightly-errors.ts';
import type { StepPlace } from './step.ts';

/** A command of this project, run as a process of its own. */
export interface CommandLine {
  readonly step: string;
  /** The pipeline, or a program of this one. */
  readonly program: URL;
  readonly words: readonly string[];
}

const GUARD = fileURLToPath(new URL('./leave-with-parent.ts', import.meta.url));

/** The program of another pipeline. */
export function pipelineProgram(name: string): URL {
  return new URL(`../../../${name}/src/main.ts`, import.meta.url);
}

/**
 * Runs a command to its end, its standard error into the run's log. A process of its own, so that its memory goes with it
 * and its death is no more than a failed step.
 *
 * @returns What it printed.
 * @throws WavetuneError `nightly.step-failed` with the last lines that it said.
 */
export function runCommandStep(
  command: CommandLine,
  { log, signal, folder, configFolder }: StepPlace,
): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const child = fork(fileURLToPath(command.program), [...command.words], {
    execArgv: ['--disable-warning=ExperimentalWarning', '--import', GUARD],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    cwd: configFolder,
    signal,
    killSignal: 'SIGTERM',
    env: { ...process.env, TMPDIR: folder },
  });
  const printed: string[] = [];
  const said: string[] = [];
  child.stdout!.setEncoding('utf8').on('data', (text: string) => printed.push(text));
  child.stderr!.setEncoding('utf8').on('data', (text: string) => said.push(text));
  child.on('error', reject);
  child.on('close', (status, killedBy) => {
    const lines = said
      .join('')
      .split('\n')
      .filter((line) => line !== '');
    for (const line of lines) log.info(line, { step: command.step });
    if (status === 0) return resolve(printed.join(''));
    const how =
      killedBy === null
        ? `ended with status ${status}`
        : `was killed by ${killedBy} (out of memory?)`;
    const tail = reasonIn(lines);
    reject(
      nightlyError('nightly.step-failed', { step: command.step, how, tail, log: 'log.jsonl' }),
    );
  });
  return promise;
}

/** The line that tells most: a coded error, which comes last, else the head of a stack. */
function reasonIn(lines: readonly string[]): string {
  const coded = lines.findLast((line) => /^[\w -]+: [a-z-]+\.[a-z-]+: /.test(line));
  return (
    coded ?? lines.find((line) => /\w*Error\b/.test(line)) ?? lines.at(-1) ?? 'it said nothing'
  );
}

/** `{block-size: 16, why: true}` as the words of a command line. */
export function wordsOf(
  options: Readonly<Record<string, string | number | boolean | undefined>>,
): string[] {
  return Object.entries(options).flatMap(([name, value]) =>
    value === undefined || value === false
      ? []
      : value === true
        ? [`--${name}`]
        : [`--${name}=${value}`],
  );
}
