export { cliError } from './cli-errors.ts';
export {
  type Command,
  defineCommand,
  type OptionsOf,
  type OptionTable,
  type Session,
} from './command.ts';
export { EXIT_STATUS, exitStatusOf } from './exit-status.ts';
export { createProgressLine, type Progress, progressText, silentProgress } from './progress.ts';
export { failureText, runCommand } from './run-command.ts';
