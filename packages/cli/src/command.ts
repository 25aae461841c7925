import type { InferredOptionTypes, Options } from 'yargs';
import type { Progress } from './progress.ts';

/** The options of a command by name, in yargs' terms. */
export type OptionTable = Readonly<Record<string, Options>>;

/** The values that a command line gives to the options of a table. */
export type OptionsOf<O extends OptionTable> = InferredOptionTypes<O>;

/** One executable: its options, its examples, and what it does. */
export interface Command<O extends OptionTable> {
  /** As it is typed, without `bin/`. */
  readonly name: string;
  /** One sentence for the head of the help text. */
  readonly summary: string;
  readonly options: O;
  /** The option that words without a dash belong to: `files` makes `ingest a.jsonl b.jsonl` work. */
  readonly operand?: keyof O & string;
  /** A command line and what it is for. */
  readonly examples: readonly (readonly [line: string, purpose: string])[];
  /** Names an option that makes no sense together with another, or returns nothing. */
  readonly check?: (options: OptionsOf<O>) => string | undefined;
  readonly run: (options: OptionsOf<O>, session: Session) => Promise<void>;
}

/** An executable of several commands: `prefix-indexer ingest …`. Each command is named as it is typed after the program. */
export interface Program {
  /** As it is typed, without `bin/`. */
  readonly name: string;
  /** One sentence for the head of the help text. */
  readonly summary: string;
  // biome-ignore lint/suspicious/noExplicitAny: commands of one program have different options; each keeps its own types
  readonly commands: readonly Command<any>[];
}

/** What a running command may use of its terminal. */
export interface Session {
  readonly progress: Progress;
  /** Aborted by SIGINT and SIGTERM; work that is under way then stops and throws. */
  readonly signal: AbortSignal;
  /** A line of the command's result, to standard output. */
  print(line: string): void;
  /** A line for the person who watches, to standard error; nothing with `--quiet`. */
  note(line: string): void;
  /** Throws `cli.interrupted` if the user asked to stop. */
  checkpoint(): void;
}

/** Keeps a command's option types while it is written as a plain object. */
export function defineCommand<const O extends OptionTable>(command: Command<O>): Command<O> {
  return command;
}
