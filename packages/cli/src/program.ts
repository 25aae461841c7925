import { WAVETUNE_VERSION } from '@wavetune/core';
import { cliError } from './cli-errors.ts';
import type { Command, Program } from './command.ts';

/**
 * The command that a program's first word names, or the text that is asked for instead of one.
 *
 * @throws WavetuneError `usage.bad-arguments` for no word, or one that names no command.
 */
export function chooseCommand(
  program: Program,
  word: string | undefined,
  // biome-ignore lint/suspicious/noExplicitAny: as in `Program`
): Command<any> | { readonly text: string } {
  if (word === '--help') return { text: helpOf(program) };
  if (word === '--version') return { text: WAVETUNE_VERSION };
  const found = program.commands.find(({ name }) => name === word);
  if (found !== undefined) return { ...found, name: `${program.name} ${found.name}` };
  const names = program.commands.map(({ name }) => name).join(', ');
  const reason = `${word === undefined ? 'no command is given' : `unknown command ${word}`}; accepted: ${names}`;
  throw cliError('usage.bad-arguments', { command: program.name, reason });
}

function helpOf({ name, summary, commands }: Program): string {
  const width = Math.max(...commands.map((command) => command.name.length));
  const lines = commands.map((command) => `  ${command.name.padEnd(width)}  ${command.summary}`);
  return [
    `${name} <command> [options]`,
    '',
    summary,
    '',
    'Commands:',
    ...lines,
    '',
    `${name} <command> --help tells the options of one.`,
  ].join('\n');
}
