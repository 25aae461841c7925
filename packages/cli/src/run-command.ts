import { isWavetuneError, systemClock } from '@wavetune/core';
import { cliError } from './cli-errors.ts';
import type { Command, OptionTable, Program, Session } from './command.ts';
import { EXIT_STATUS, exitStatusOf } from './exit-status.ts';
import { parseArguments } from './parse-arguments.ts';
import { chooseCommand } from './program.ts';
import { createProgressLine, silentProgress } from './progress.ts';

/**
 * Runs a command as the whole process and ends it: 0 done, 1 bad input or data, 2 wrong usage, 3 internal, 130 interrupted.
 *
 * A failure is one line on standard error; `--debug` adds the stack and the causes. A second SIGINT ends at once.
 */
export function runCommand<O extends OptionTable>(command: Command<O>): Promise<never> {
  return runProcess(command.name, async (words) => await prepare(command, words));
}

/** As {@link runCommand}, the command chosen by the first word: `prefix-indexer ingest …`. */
export function runProgram(program: Program): Promise<never> {
  return runProcess(program.name, async ([word, ...words]) => {
    const chosen = chooseCommand(program, word);
    return 'text' in chosen ? chosen : await prepare(chosen, words);
  });
}

/** What a command line asks for: a text, or work. */
type Prepared =
  | { readonly text: string }
  | { readonly work: (signal: AbortSignal) => Promise<void> };

async function prepare<O extends OptionTable>(
  command: Command<O>,
  words: readonly string[],
): Promise<Prepared> {
  const parsed = await parseArguments(command, words);
  if ('text' in parsed) return parsed;
  return { work: (signal) => runInSession(command, parsed.options, signal) };
}

async function runProcess(
  name: string,
  parse: (words: readonly string[]) => Promise<Prepared>,
): Promise<never> {
  const words = process.argv.slice(2);
  const abort = new AbortController();
  const onSignal = (): void => {
    if (abort.signal.aborted) process.exit(EXIT_STATUS.interrupted);
    abort.abort(cliError('cli.interrupted', {}));
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  process.stdout.on('error', (error) => leaveOnLostOutput(name, error));
  try {
    const prepared = await parse(words);
    if ('text' in prepared) process.stdout.write(`${prepared.text}\n`);
    else await prepared.work(abort.signal);
    return await exit(EXIT_STATUS.done);
  } catch (error) {
    const cause = abort.signal.aborted ? abort.signal.reason : error;
    process.stderr.write(`${failureText(name, cause, words.includes('--debug'))}\n`);
    return await exit(exitStatusOf(cause));
  }
}

async function runInSession<O extends OptionTable>(
  command: Command<O>,
  options: Parameters<Command<O>['run']>[0] & { readonly quiet: boolean },
  signal: AbortSignal,
): Promise<void> {
  const watched = process.stderr.isTTY === true && !options.quiet;
  const progress = watched ? createProgressLine(process.stderr, systemClock) : silentProgress;
  const session: Session = {
    progress,
    signal,
    print: (line) => {
      progress.clear();
      process.stdout.write(`${line}\n`);
    },
    note: (line) => {
      if (options.quiet) return;
      progress.clear();
      process.stderr.write(`${line}\n`);
    },
    checkpoint: () => signal.throwIfAborted(),
  };
  try {
    await command.run(options, session);
  } finally {
    progress.clear();
  }
}

/** The one line that a person reads, or all there is to know with `debug`. */
export function failureText(name: string, error: unknown, debug: boolean): string {
  if (debug && error instanceof Error) {
    const cause =
      error.cause === undefined ? '' : `\ncaused by ${failureText(name, error.cause, true)}`;
    return `${name}: ${error.stack ?? error.message}${cause}`;
  }
  const message = error instanceof Error ? error.message : String(error);
  const line = isWavetuneError(error)
    ? message
    : `internal error: ${message} (run again with --debug for the stack)`;
  return `${name}: ${line.replace(/\p{Cc}+/gu, escaped)}`;
}

/** Names and records may hold line ends and what moves a terminal's cursor. */
function escaped(controls: string): string {
  return controls === '\n' ? ' ' : JSON.stringify(controls).slice(1, -1);
}

/** A reader that went away has what it wanted; any other fault of standard output is the caller's. */
function leaveOnLostOutput(name: string, error: NodeJS.ErrnoException): never {
  if (error.code === 'EPIPE') process.exit(EXIT_STATUS.done);
  const lost = cliError('cli.cannot-print', { reason: error.message });
  process.stderr.write(`${failureText(name, lost, false)}\n`);
  process.exit(exitStatusOf(lost));
}

async function exit(status: number): Promise<never> {
  await new Promise<void>((resolve) => process.stdout.write('', () => resolve()));
  process.exit(status);
}
