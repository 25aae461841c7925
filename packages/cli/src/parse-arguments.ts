import { WAVETUNE_VERSION } from '@wavetune/core';
import yargs, { type InferredOptionTypes, type Options, type PositionalOptions } from 'yargs';
import { cliError } from './cli-errors.ts';
import type { Command, OptionTable } from './command.ts';

/** Options that every command has. */
const COMMON_OPTIONS = {
  quiet: {
    type: 'boolean',
    default: false,
    describe: 'No notes and no progress on standard error',
  },
  debug: { type: 'boolean', default: false, describe: 'Show the stack of a failure' },
} as const satisfies OptionTable;

/** The common options' values. */
export type CommonOptions = InferredOptionTypes<typeof COMMON_OPTIONS>;

/** The options, or the text that `--help` or `--version` asks for. */
export type Parsed<O extends OptionTable> =
  | { readonly options: InferredOptionTypes<O> & CommonOptions }
  | { readonly text: string };

/**
 * Reads a command line against a command's options.
 *
 * @throws WavetuneError `usage.bad-arguments` for an unknown option, a missing or repeated value, or a number that is none.
 */
export async function parseArguments<O extends OptionTable>(
  command: Command<O>,
  words: readonly string[],
): Promise<Parsed<O>> {
  const refuse = (reason: string) =>
    cliError('usage.bad-arguments', { command: command.name, reason });
  const table: OptionTable = { ...command.options, ...COMMON_OPTIONS };
  const { operand } = command;
  const flags = Object.fromEntries(Object.entries(table).filter(([name]) => name !== operand));
  const usage = operand === undefined ? '$0' : `$0 ${operandUsage(operand, table[operand])}`;
  const parser = yargs()
    .scriptName(command.name)
    .usage(`${usage} [options]\n\n${command.summary}`)
    .options(flags)
    .example(command.examples.map(([line, purpose]) => [line, purpose]))
    .version(WAVETUNE_VERSION)
    .strict()
    .parserConfiguration({
      'duplicate-arguments-array': true,
      'strip-aliased': true,
      'greedy-arrays': true,
    })
    .wrap(Math.min(120, process.stderr.columns ?? 100))
    .exitProcess(false)
    .fail((message, error) => {
      const isMissing = operand !== undefined && message.startsWith('Not enough non-option');
      throw error ?? refuse(isMissing ? `${operand} missing` : message.replaceAll('\n', ' '));
    });
  if (operand !== undefined) {
    parser.command(usage, command.summary, (own) =>
      own.positional(operand, operandOf(table[operand])),
    );
  }
  if (words.length === 1 && words[0] === '--help') return { text: await parser.getHelp() };
  let text: string | undefined;
  const options = await parser.parseAsync(joinDashes(words), {}, (_error, _argv, output) => {
    if (output !== '') text = output;
  });
  if (text !== undefined) return { text };
  for (const [name, option] of Object.entries(table)) {
    const fault = faultOf(name === operand ? name : `--${name}`, option, options[name]);
    if (fault !== undefined) throw refuse(fault);
  }
  const typed = options as unknown as InferredOptionTypes<O> & CommonOptions;
  const clash = command.check?.(typed);
  if (clash !== undefined) throw refuse(clash);
  return { options: typed };
}

function operandUsage(name: string, { array, demandOption }: Options): string {
  const word = array === true ? `${name}..` : name;
  return demandOption === undefined || demandOption === false ? `[${word}]` : `<${word}>`;
}

function operandOf({ describe, type, array, choices, default: value }: Options): PositionalOptions {
  return {
    ...(describe === undefined ? {} : { describe }),
    ...(choices === undefined ? {} : { choices }),
    ...(value === undefined ? {} : { default: value }),
    ...(array === undefined ? {} : { array }),
    type: type === 'number' ? 'number' : 'string',
  };
}

/** Writes `--out -` as `--out=-`: the parser would take a lone dash for an argument of its own. */
function joinDashes(words: readonly string[]): string[] {
  const joined: string[] = [];
  for (const word of words) {
    const before = joined.at(-1);
    if (word === '-' && before?.startsWith('--') && !before.includes('=')) {
      joined[joined.length - 1] = `${before}=-`;
    } else {
      joined.push(word);
    }
  }
  return joined;
}

function faultOf(name: string, option: Options, value: unknown): string | undefined {
  const isList = option.array === true;
  if (!isList && Array.isArray(value)) {
    return `${name} is given ${value.length} times, once is accepted`;
  }
  for (const item of isList && Array.isArray(value) ? value : [value]) {
    if (option.type === 'number' && item !== undefined && !Number.isFinite(item)) {
      return `${name} takes a number`;
    }
    if (option.type === 'string' && item === '') return `${name} needs a value`;
  }
  return isList && Array.isArray(value) && value.length === 0
    ? `${name} needs at least one value`
    : undefined;
}
